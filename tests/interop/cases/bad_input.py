"""Messages that are meant to hurt: the torture files of RFC 4475 and RFC 5118, and streams that lie about lengths.

The files are sent as they are, over UDP and TCP, those of RFC 5118 from ::1. Each comes from a source of its own so that
no answer is taken for another's; after each the server must still answer OPTIONS.
"""
import os
import pathlib
import re
import socket
import threading

from framework import patience
from framework.addresses import family_of, free_port
from framework.agent import Agent
from framework.case import case
from framework.dialog import Dialog, is_new_call
from framework.failure import Failure, Skip, expect
from framework.message import Message, frame
from framework.server import sip_uri

RELAY, SILENCE, CLOSED = "relay", "silence", "closed"
NO_REGISTRAR = {403, 405, 501}  # nobody registers on a trunk

# What each file may lead to, after EXPECTED.tsv. Where the set is wider or other than its row, the reason stands here.
OUTCOMES = {
    # To carries a tag of a dialog that does not exist: 481 by RFC 3261 §12.2.2, once parsed.
    "wsinv": {RELAY, 481},
    "intmeth": {405, 501}, "esc01": {RELAY}, "escnull": NO_REGISTRAR, "esc02": {405, 501}, "lwsdisp": {200},
    "longreq": {RELAY, 400, 413, 414, 513}, "dblreq": NO_REGISTRAR | {200}, "semiuri": {200}, "transports": {200},
    "mpart01": {405, 501}, "unreason": {SILENCE}, "noreason": {SILENCE},
    "badinv01": {400, SILENCE}, "clerr": {400}, "ncl": {400}, "scalar02": {400}, "scalarlg": {SILENCE},
    "quotbal": {400}, "ltgtruri": {400, RELAY}, "lwsruri": {400}, "lwsstart": {400, RELAY}, "trws": {400, 200},
    "escruri": {400, RELAY}, "baddate": {400, RELAY},
    # Refusing REGISTER as such needs no look at its Contact.
    "regbadct": NO_REGISTRAR | {400},
    "badaspec": {400, 200}, "baddn": {400, 200}, "badvers": {505}, "mismatch01": {400}, "mismatch02": {400, 501},
    "bigcode": {SILENCE}, "badbranch": {200, 400}, "insuf": {400}, "unkscm": {416}, "novelsc": {416},
    "unksm2": NO_REGISTRAR | {400, 416}, "bext01": {420}, "invut": {415}, "regaut01": NO_REGISTRAR | {401},
    "multi01": {400}, "mcl01": {400}, "bcast": {SILENCE}, "zeromf": {483, 200}, "cparam01": NO_REGISTRAR | {200},
    "cparam02": NO_REGISTRAR | {200}, "regescrt": NO_REGISTRAR | {200}, "sdp01": {406}, "inv2543": {RELAY},
    "ipv6-good": NO_REGISTRAR | {200}, "ipv6-bad": {400}, "port-ambiguous": NO_REGISTRAR | {200},
    "port-unambiguous": NO_REGISTRAR | {200},
    # A BYE outside any dialog: 481, which shows that its Via was understood.
    "via-received-param-with-delim": {481}, "mult-ip-in-header": {481},
    "via-received-param-no-delim": {200},
    # Only G.726 and H.263 are offered: 488 is as good as passing the offer on.
    "ipv6-in-sdp": {RELAY, 488}, "ipv4-mapped-ipv6": {RELAY, 488},
    "mult-ip-in-sdp": {RELAY}, "ipv6-bug-abnf-3-colons": {400, 200}, "ipv6-correct-abnf-2-colons": {200},
}
OUTCOMES_TCP = {
    # The length is more than what comes: the rest is waited for and the connection closed.
    "clerr": {CLOSED, 400},
    # Without Content-Length no stream can tell where the body ends (RFC 3261 §18.3): as a length of 0, or refused.
    "inv2543": {RELAY, 400},
}
MUST_CLOSE = {"ncl", "mcl01", "clerr"}  # where the next message begins is unknown
BUSY_AT_B = 486
ANSWER_SECONDS = 2.0
SILENT_SECONDS = 0.4  # where no answer may be right as well
AFTERMATH_SECONDS = 0.3  # after an answer, where nothing more need come


def torture_folder():
    root = pathlib.Path(__file__).resolve().parents[3]
    folder = pathlib.Path(os.environ.get("HOLDFAST_TEST_DATA", root.parent / "shared/data")) / "torture"
    if not folder.is_dir():
        raise Skip(f"no torture files in {folder}: name their parent folder in HOLDFAST_TEST_DATA")
    return folder


def torture_files():
    """name → (bytes, IPv6?), one for each row of EXPECTED.tsv."""
    folder = torture_folder()
    found = {}
    for row in (folder / "EXPECTED.tsv").read_text().splitlines():
        if row.startswith("#") or not row.strip():
            continue
        name = row.split("\t")[0]
        old = folder / "rfc4475" / f"{name}.dat"
        found[name] = (old.read_bytes(), False) if old.exists() else ((folder / "rfc5118" / name).read_bytes(), True)
    expect(set(found) == set(OUTCOMES), f"rows without an outcome here, or the reverse: {set(found) ^ set(OUTCOMES)}")
    return found


class BusyCallee:
    """Leg B: refuses every call with 486 and keeps what it was sent."""

    def __init__(self, stage):
        self.agent = stage.keep(Agent(stage.plan.b, log=stage.log))
        self.invites = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        stage.keep(self)

    def close(self):
        self._ended.set()
        self._thread.join()

    def _run(self):
        while not self._ended.is_set():
            invite = self.agent.take(is_new_call, 0.1)
            if invite is None:
                continue
            dialog = Dialog.of(self.agent, invite)
            self.invites.append(invite)
            dialog.reply(invite, BUSY_AT_B, "Busy Here")


def via_port(data):
    """Where the answer to a request goes (RFC 3261 §18.2.2): the port of the topmost Via."""
    sent_by = re.search(rb"/\s*[A-Za-z]+\s+(?:\[[^\]]*\]|[\w.-]+)\s*:\s*(\d+)", top_via(data))
    return int(sent_by.group(1)) if sent_by else 5061 if b"/TLS" in top_via(data) else 5060


def top_via(data):
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", data)
    found = re.search(rb"(?im)^(?:via|v)[ \t]*:(.*)$", unfolded)
    return found.group(1).strip() if found else b""


def call_id_of(data):
    found = re.search(rb"(?im)^(?:call-id|i)[ \t]*:[ \t]*(\S+)", data)
    return found.group(1).decode() if found else None


def first_final(messages, wanted_call_id):
    for message in messages:
        if message.is_response and message.status >= 200 and message.call_id in (wanted_call_id, None, ""):
            return message.status
    return None


def send_udp(server, address, data, seconds):
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sender.bind((address, via_port(data)))
        sender.settimeout(seconds)
        sender.sendto(data, server)
        while True:
            try:
                answer = sender.recv(65535)
            except TimeoutError:
                return SILENCE
            status = first_final([Message.parse(answer)], call_id_of(data))
            if status:
                return status


def send_tcp(server, address, data, seconds, aftermath=AFTERMATH_SECONDS):
    """(outcome, closed?) of one connection."""
    finals, closed = finals_over_tcp(server, address, data, seconds, aftermath)
    status = first_final(finals, call_id_of(data))
    return status or (CLOSED if closed else SILENCE), closed


def finals_over_tcp(server, address, data, seconds, aftermath):
    """(final responses, closed?) until the connection is closed or quiet for a while: `aftermath` after an answer."""
    buffer, finals = b"", []
    with socket.create_connection(server, patience.real(3), (address, 0)) as connection:
        connection.settimeout(seconds)
        connection.sendall(data)
        while True:
            try:
                got = connection.recv(65535)
            except TimeoutError:
                return finals, False
            except ConnectionResetError:
                got = b""
            if not got:
                return finals, True
            buffer += got
            while True:
                whole, buffer = frame(buffer)
                if whole is None:
                    break
                message = Message.parse(whole)
                if message.is_response and message.status >= 200:
                    finals.append(message)
                    connection.settimeout(min(seconds, aftermath))


class Torture:
    def __init__(self, stage):
        self.stage, plan = stage, stage.plan
        self.callee = BusyCallee(stage)
        port6 = free_port("::1")
        listen = [f"{transport}://{place}" for transport in ("udp", "tcp")
                  for place in (f"{plan.server}:{plan.port}", f"[::1]:{port6}")]
        stage.serve(sip_uri(plan.b, self.callee.agent.port),
                    sip={"listen": listen, "limits": {"partial_message": "1s"}},
                    media={"listen": [plan.server, "::1"]},
                    trunks={"a": {"allow": [f"{stage.network.host(128)}/25", "::1/128"]}})
        self.server, self.server6 = (plan.server, plan.port), ("::1", port6)
        self._sources = iter(range(130, 250))
        self._asker = stage.keep(Agent(stage.network.host(128), log=stage.log))

    def source(self):
        return self.stage.network.host(next(self._sources))

    def expect_alive(self, after):
        dialog = Dialog.to(self._asker, self.server, "ping")
        try:
            dialog.expect_status(dialog.send("OPTIONS"), 200, 3)
        except Failure as failure:
            raise Failure(f"after {after}: {failure}") from failure

    def outcome_of(self, status, invites_before):
        reached = len(self.callee.invites) > invites_before
        return RELAY if reached and status == BUSY_AT_B else f"{status} and an INVITE at B" if reached else status

    def check_far_leg(self, name, invites):
        for invite in invites:
            expect(not re.search(r"[<>\s]", invite.uri), f"{name}: Request-URI at B is {invite.uri}")
            expect(not invite.all("route"), f"{name}: a Route reached B: {invite.all('route')}")

    def play(self, wanted, send):
        """All files by one transport; every deviation is told, not only the first."""
        wrong, vias = [], set()
        for name, (data, is_ipv6) in torture_files().items():
            if top_via(data) in vias:  # the same transaction as a file before it: RFC 3261 §17.2.3
                self.stage.server.restart()
                vias.clear()
            vias.add(top_via(data))
            before = len(self.callee.invites)
            server, source = (self.server6, "::1") if is_ipv6 else (self.server, self.source())
            seconds = SILENT_SECONDS if SILENCE in wanted(name) else patience.real(ANSWER_SECONDS)
            status, closed = send(name, server, source, data, seconds)
            outcome = self.outcome_of(status, before)
            if outcome not in wanted(name):
                wrong.append(f"{name}: {outcome}, expected {sorted(map(str, wanted(name)))}")
            if closed is False and name in MUST_CLOSE:
                wrong.append(f"{name}: the connection stays open")
            self.check_far_leg(name, self.callee.invites[before:])
            self.expect_alive(name)
        expect(not wrong, "\n".join(["some files were not treated as they should:", *wrong]))


@case(timeout=120)
def torture_over_udp(stage):
    """All torture files as datagrams."""
    torture = Torture(stage)
    torture.play(OUTCOMES.__getitem__, lambda _, *arguments: (send_udp(*arguments), None))


@case(timeout=240)
def torture_over_tcp(stage):
    """All torture files on connections of their own."""
    torture = Torture(stage)

    def send(name, *arguments):
        return send_tcp(*arguments, patience.real(ANSWER_SECONDS) if name in MUST_CLOSE else AFTERMATH_SECONDS)
    torture.play(lambda name: OUTCOMES_TCP.get(name, OUTCOMES[name]), send)


@case
def two_requests_in_one_segment(stage):
    """RFC 4475 §3.1.1.8 on a stream: the INVITE behind the REGISTER is a request of its own (with a broken «m =» line)."""
    torture = Torture(stage)
    data, _ = torture_files()["dblreq"]
    seconds = patience.real(ANSWER_SECONDS)
    finals, _ = finals_over_tcp(torture.server, torture.source(), data, seconds, seconds)
    answered = [(message.method, message.status) for message in finals]
    expect(answered and answered[0][0] == "REGISTER" and answered[0][1] in NO_REGISTRAR, f"answers: {answered}")
    expect(len(answered) == 2 and answered[1][0] == "INVITE" and answered[1][1] in (400, 488, BUSY_AT_B),
           f"answers: {answered}")


OPTIONS = ("OPTIONS sip:ping@{host} SIP/2.0\r\nVia: SIP/2.0/TCP {source};branch=z9hG4bK{name}\r\nMax-Forwards: 70\r\n"
           "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: {name}\r\nCSeq: 1 OPTIONS\r\n{lengths}\r\n\r\n{body}")
LYING_LENGTHS = {
    "duplicate": "Content-Length: 0\r\nContent-Length: 5", "negative": "Content-Length: -1",
    "huge": "Content-Length: 99999999999999999999", "word": "Content-Length: many",
    "over-limit": "Content-Length: 70000", "long-and-compact": "Content-Length: 4\r\nl: 0",
}


@case
def lying_lengths_on_a_stream(stage):
    """Duplicate, negative, huge or wordy Content-Length: 400 (or 413, 513) and the connection is closed."""
    torture = Torture(stage)
    for name, lengths in LYING_LENGTHS.items():
        source = torture.source()
        text = OPTIONS.format(host=torture.server[0], source=source, name=name, lengths=lengths, body="")
        seconds = patience.real(ANSWER_SECONDS)
        status, closed = send_tcp(torture.server, source, text.encode(), seconds, seconds)
        expect(status in (400, 413, 513) and closed, f"{name}: {status}, closed: {closed}")
        torture.expect_alive(name)


@case
def garbage(stage):
    """Bytes that are no SIP: dropped on UDP, closed on TCP; keep-alives of RFC 5626 are not garbage."""
    torture = Torture(stage)
    for index, data in enumerate((b"\0" * 100, bytes(range(256)) * 4, b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 60000)):
        send_udp(torture.server, torture.source(), data, 0.1)
        torture.expect_alive(f"datagram {index}")
        send_tcp(torture.server, torture.source(), data, 1.5)
        torture.expect_alive(f"stream {index}")
    source = torture.source()
    text = OPTIONS.format(host=torture.server[0], source=source, name="ka", lengths="Content-Length: 0", body="")
    status, _ = send_tcp(torture.server, source, b"\r\n\r\n" + text.encode(), patience.real(ANSWER_SECONDS))
    expect(status == 200, f"a request behind a keep-alive: {status}")


@case
def half_a_message(stage):
    """A message that does not end within sip.limits.partial_message closes the connection."""
    torture = Torture(stage)
    outcome, closed = send_tcp(torture.server, torture.source(), b"OPTIONS sip:a@b SIP/2.0\r\nVia: ", patience.real(4.0))
    expect(closed, f"{outcome}, closed: {closed}")
