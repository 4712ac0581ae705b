"""One dialog of a peer, from either end: builds requests and responses with the right tags, CSeq, target and route."""
import random

from framework.addresses import bracketed
from framework.failure import expect
from framework.message import Message, tag_of, uri_of


def token():
    return f"{random.getrandbits(64):016x}"


class Dialog:
    def __init__(self, agent, server, local, remote, call_id, target):
        self.agent, self.server = agent, server
        self.local, self.remote = local, remote  # From and To values of our own requests
        self.call_id, self.target = call_id, target
        self.cseq = random.randint(1, 1000)
        self.route = []
        self.invite = None  # the INVITE that made it, where we are the callee

    @classmethod
    def to(cls, agent, server, user, transport_parameter="", display="", scheme="sip", call_id=None):
        """Of a caller: what the first INVITE needs."""
        host = f"{bracketed(server[0])}:{server[1]}"
        local = f"{display}<sip:caller@{agent.sent_by}>;tag={token()}"
        target = f"{scheme}:{user}@{host}{transport_parameter}"
        return cls(agent, server, local, f"<{target}>", call_id or f"{token()}@{bracketed(agent.address)}", target)

    @classmethod
    def of(cls, agent, invite):
        """Of a callee, from the INVITE."""
        made = cls(agent, invite.source, f"{invite.get('to')};tag={token()}", invite.get("from"), invite.call_id,
                   uri_of(invite.get("contact", "<>")))
        made.route = invite.all("record-route")
        made.invite = invite
        return made

    # Requests of ours

    def send(self, method, body=None, headers=(), cseq=None, content_type="application/sdp"):
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        via = f"SIP/2.0/{self.agent.transport.upper()} {self.agent.sent_by};branch=z9hG4bK{token()};rport"
        lines = [("Via", via), ("Max-Forwards", "70"), ("From", self.local), ("To", self.remote),
                 ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}")]
        lines += [("Route", value) for value in self.route]
        if method in ("INVITE", "UPDATE"):
            lines += [("Contact", self.agent.contact()), ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE")]
        lines += list(headers)
        if body:
            lines.append(("Content-Type", content_type))
        request = Message(f"{method} {self.target} SIP/2.0", lines, body)
        self.agent.send(request, self.server)
        return request

    def final(self, request, timeout=5.0):
        """The final response to a request of ours; an INVITE's failure is acknowledged (RFC 3261 §17.1.1.3)."""
        response = self.agent.expect(
            lambda message: self._answers(message, request) and message.status >= 200, timeout,
            f"a final response to {request.method}")
        if request.method == "INVITE" and response.status >= 300:
            self._ack_failure(request, response)
        return response

    def provisional(self, request, status, timeout=5.0):
        return self.agent.expect(
            lambda message: self._answers(message, request) and message.status == status, timeout, f"a {status}")

    def expect_status(self, request, status, timeout=5.0):
        response = self.final(request, timeout)
        expect(response.status == status, f"{request.method} should be answered {status}: {response}")
        return response

    def established(self, response):
        """A 2xx to our INVITE: its tag, target and route are the dialog's from here on."""
        self.remote = response.get("to")
        self.target = uri_of(response.get("contact", f"<{self.target}>"))
        self.route = list(reversed(response.all("record-route")))

    def ack(self, request, body=None):
        """To a 2xx."""
        return self.send("ACK", body, cseq=request.cseq)

    def cancel(self, request):
        via = request.get("via")
        lines = [("Via", via), ("Max-Forwards", "70"), ("From", request.get("from")), ("To", request.get("to")),
                 ("Call-ID", self.call_id), ("CSeq", f"{request.cseq} CANCEL")]
        cancel = Message(f"CANCEL {request.uri} SIP/2.0", lines)
        self.agent.send(cancel, self.server)
        return cancel

    def bye(self, timeout=5.0):
        self.expect_status(self.send("BYE"), 200, timeout)

    def _answers(self, message, request):
        return (message.is_response and message.call_id == self.call_id and message.get("cseq") == request.get("cseq")
                and message.branch == request.branch)

    def _ack_failure(self, request, response):
        lines = [("Via", request.get("via")), ("Max-Forwards", "70"), ("From", request.get("from")),
                 ("To", response.get("to")), ("Call-ID", self.call_id), ("CSeq", f"{request.cseq} ACK")]
        lines += [("Route", value) for value in request.all("route")]
        self.agent.send(Message(f"ACK {request.uri} SIP/2.0", lines), self.server)

    # Requests of the other side

    def expect(self, method, timeout=5.0):
        return self.agent.expect(
            lambda message: not message.is_response and message.method == method and message.call_id == self.call_id,
            timeout, f"{method} in this dialog")

    def expect_no(self, method, seconds, why):
        self.agent.expect_none(
            lambda message: not message.is_response and message.method == method and message.call_id == self.call_id,
            seconds, why)

    def reply(self, request, status, reason="", body=None, headers=()):
        to = request.get("to")
        if status > 100 and not tag_of(to):
            to = self.local
        lines = [("Via", value) for value in request.all("via")]
        lines += [("Record-Route", value) for value in request.all("record-route")]
        lines += [("From", request.get("from")), ("To", to), ("Call-ID", request.call_id),
                  ("CSeq", request.get("cseq"))]
        if request.method in ("INVITE", "UPDATE") and 100 < status < 300:
            lines.append(("Contact", self.agent.contact()))
        lines += list(headers)
        if body:
            lines.append(("Content-Type", "application/sdp"))
        response = Message(f"SIP/2.0 {status} {reason or 'As told'}", lines, body)
        self.agent.send(response, request.source, request.connection)
        return response

    def expect_bye(self, timeout=5.0):
        request = self.expect("BYE", timeout)
        self.reply(request, 200, "OK")
        return request


def is_new_call(message):
    return not message.is_response and message.method == "INVITE" and not tag_of(message.get("to", ""))


def incoming(agent, timeout=5.0):
    """A new call at this agent."""
    return Dialog.of(agent, agent.expect(is_new_call, timeout, "an INVITE of a new call"))


def expect_no_call(agent, seconds=0.3):
    agent.expect_none(is_new_call, seconds, "no call for it")
