"""A telephone of the tests: a SIP agent, an RTP endpoint, and the local half of the session."""
import threading

from framework import rtp, sdp
from framework.agent import Agent
from framework.dialog import Dialog, incoming
from framework.failure import expect


class Phone:
    def __init__(self, name, address, voice, server=None, transport="udp", port=None, log=None, secret=None):
        self.name, self.voice, self.server = name, voice, server
        self.agent = Agent(address, transport, port, log, secret)
        self.media = rtp.RtpPeer(address)
        self.media.say(voice)
        self.dialog = None
        self.version = 0
        self.formats = (0, 8, 101)

    def close(self):
        self.agent.close()
        self.media.close()

    # Session descriptions

    def description(self, direction="sendrecv", connection=None, port=None):
        """Ours, of the next version."""
        self.version += 1
        return sdp.write(self.media.address, self.media.port if port is None else port, self.version, direction,
                         self.formats, connection)

    def take(self, message):
        """The other side's description: from now on we send where it says."""
        expect(message.body, f"{self.name}: {message} should carry a description")
        described = sdp.read(message.body)
        if described.port and described.payload_type is not None:
            self.media.send_to((described.connection, described.port), described.payload_type)
        return described

    # Calls

    def dial(self, number, offer=True, headers=(), transport_parameter="", direction="sendrecv", scheme="sip",
             call_id=None):
        """Sends the INVITE; returns it."""
        self.dialog = Dialog.to(self.agent, self.server, number, transport_parameter, scheme=scheme, call_id=call_id)
        return self.dialog.send("INVITE", self.description(direction) if offer else None, headers)

    def ring(self, timeout=5.0):
        """Takes a call in; returns its INVITE."""
        self.dialog = incoming(self.agent, timeout)
        return self.dialog.invite

    def answer(self, request, direction="sendrecv", headers=()):
        """200 with our description; takes theirs if the request carries one."""
        if request.body:
            self.take(request)
        self.dialog.reply(request, 200, "OK", self.description(direction), headers)

    def confirm(self, request, response, body=None):
        """The ACK to a 2xx of ours."""
        self.dialog.established(response)
        self.dialog.ack(request, body)

    def reinvite(self, body):
        return self.dialog.send("INVITE", body)

    def hear(self, label, **options):
        return self.media.wait_heard(label, **options)


MIRRORED = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


class AutoAnswer:
    """Answers every re-INVITE of a phone's dialog at once: an offer in its mirror, but for streams beside the first, none with
    an offer of ours."""

    def __init__(self, phone):
        self.phone = phone
        self.offers = []  # directions asked of us; None for a re-INVITE without offer
        self.answers = []  # directions in the ACKs
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._ended.set()
        self._thread.join()

    def _run(self):
        dialog = self.phone.dialog
        while not self._ended.is_set():
            request = self.phone.agent.take(
                lambda message: message.method in ("INVITE", "ACK") and not message.is_response
                and message.call_id == dialog.call_id, 0.1)
            if request is None:
                continue
            offer = self.phone.take(request).direction if request.body else None
            if request.method == "ACK":
                self.answers.append(offer)
                continue
            self.offers.append(offer)
            answer = self.phone.description(MIRRORED.get(offer, "sendrecv"))
            dialog.reply(request, 200, "OK", answer + sdp.refusals(request.body or ""))


def establish(a, b, number="4930123"):
    """A calls B with an offer, B answers at once: both talk."""
    invite = a.dial(number)
    received = b.ring()
    b.answer(received)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    b.dialog.expect("ACK")
    expect_talk(a, b)


def expect_talk(a, b):
    """Each hears the other's voice."""
    moment = rtp.now()
    b.hear(a.voice, since=moment)
    a.hear(b.voice, since=moment)


def hang_up(a, b):
    """BYE from a."""
    bye = a.dialog.send("BYE")
    b.dialog.expect_bye()
    a.dialog.expect_status(bye, 200)


def relayed_reinvite(holder, held, offer, answer_direction):
    """A re-INVITE with an offer that the server takes to the other leg: returns (what was offered there, the 200)."""
    request = holder.reinvite(offer)
    relayed = held.dialog.expect("INVITE")
    held.answer(relayed, answer_direction)
    held.dialog.expect("ACK")
    ok = holder.dialog.expect_status(request, 200)
    holder.take(ok)
    holder.dialog.ack(request)
    return sdp.read(relayed.body), ok
