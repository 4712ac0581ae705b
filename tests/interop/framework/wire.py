"""What a SIPp said and heard, from its message trace, and the rules that a server keeps in every call, whatever happens."""
import datetime
import re

from framework import sdp
from framework.failure import expect
from framework.message import Message, tag_of

_HEAD = re.compile(rb"-{40,} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\n"
                   rb"(?:UDP|TCP) message (?:(sent) \((\d+) bytes\)|received \[(\d+)\] bytes ):\n\n")


class Wire:
    """The messages of one SIPp in their order; `sent`: by SIPp, so that the others are the server's."""

    def __init__(self, path, name):
        self.name, self.messages = name, []
        with open(path, "rb") as source:
            data = source.read()
        at = 0
        while found := _HEAD.search(data, at):
            size = int(found.group(3) or found.group(4))
            message = Message.parse(data[found.end():found.end() + size])
            message.sent = found.group(2) is not None
            message.seconds = datetime.datetime.fromisoformat(found.group(1).decode()).timestamp()
            self.messages.append(message)
            at = found.end() + size

    def requests(self, method, sent=False):
        """Each once: a server whose peer was slow repeats them."""
        first = {}
        for request in self.repeated_requests(method, sent):
            first.setdefault((request.branch, request.cseq), request)
        return list(first.values())

    def repeated_requests(self, method, sent=False):
        """With all repetitions."""
        return [message for message in self.messages
                if not message.is_response and message.method == method and message.sent == sent]

    def finals(self, method, sent=False):
        """Statuses of the final responses to requests of the method, repetitions left out."""
        seen = {(message.branch, message.get("cseq"), message.get("to")): message.status for message in self.messages
                if message.is_response and message.method == method and message.status >= 200 and message.sent == sent}
        return list(seen.values())

    def responses(self, method, status, sent=False):
        return [message for message in self.messages if message.is_response and message.sent == sent
                and message.method == method and message.status == status]

    def descriptions(self, sent=False):
        """Session descriptions in the order of their first sending."""
        seen = {}
        for message in self.messages:
            if message.sent == sent and message.body and message.get("content-type", "").startswith("application/sdp"):
                seen.setdefault(str(message.identity()), message)
        return [sdp.read(message.body) for message in seen.values()]


def check(wire):
    """F.1 and F.5 of the contract, as far as one leg shows them."""
    _check_finals(wire)
    _check_acks(wire)
    _check_byes(wire)
    _check_descriptions(wire)


def _check_finals(wire):
    """Every request gets exactly one final response."""
    for request in wire.messages:
        if not request.sent or request.is_response or request.method == "ACK":
            continue
        statuses = {message.status for message in wire.messages
                    if message.is_response and not message.sent and message.status >= 200
                    and message.branch == request.branch and message.get("cseq") == request.get("cseq")}
        expect(len(statuses) == 1, f"{wire.name}: one final response to {request.get('cseq')}, not {statuses or 'none'}")


def _check_acks(wire):
    """Every 2xx to an INVITE of the server gets an ACK, each time the same; there is no ACK to what was not answered."""
    answered = {answer.cseq for answer in wire.messages
                if answer.sent and answer.is_response and answer.method == "INVITE" and answer.status >= 200}
    for ack in wire.repeated_requests("ACK"):
        expect(ack.cseq in answered, f"{wire.name}: an ACK of {ack.cseq}, which was not answered")
    for answer in wire.messages:
        if not (answer.sent and answer.is_response and answer.method == "INVITE" and 200 <= answer.status < 300):
            continue
        acks = [ack for ack in wire.repeated_requests("ACK")
                if ack.cseq == answer.cseq and tag_of(ack.get("to")) == tag_of(answer.get("to"))]
        expect(acks, f"{wire.name}: no ACK to the {answer.status} of {answer.get('cseq')}")
        expect(len({ack.body for ack in acks}) == 1, f"{wire.name}: an ACK of {answer.cseq} changed when it was repeated")


def _check_byes(wire):
    """Each dialog that was confirmed ends, and the server hangs up once."""
    confirmed = {tag_of(message.get("to")) for message in wire.messages
                 if message.is_response and message.method == "INVITE" and 200 <= message.status < 300
                 and message.cseq == _first(wire).cseq}
    for tag in confirmed:
        byes = {(message.sent, message.branch) for sent in (True, False) for message in wire.requests("BYE", sent)
                if tag in (tag_of(message.get("to")), tag_of(message.get("from")))}
        ours = [branch for sent, branch in byes if not sent]
        expect(byes, f"{wire.name}: the dialog {tag} was never hung up")
        expect(len(ours) <= 1, f"{wire.name}: the server hung up the dialog {tag} {len(ours)} times")


def _first(wire):
    return next(message for message in wire.messages if message.method == "INVITE")


def _check_descriptions(wire):
    """`o=` rises by one with each change and else stays, lines are never fewer, numbers keep their format."""
    meanings, before = {}, None
    for described in wire.descriptions():
        if before:
            rise = described.version - before.version
            changed = _but_origin(described) != _but_origin(before)
            expect(rise == (1 if changed else 0), f"{wire.name}: o= rose by {rise}, the description was "
                   f"{'changed' if changed else 'the same'}:\n{before.text}\n{described.text}")
            expect(described.origin[:2] == before.origin[:2], f"{wire.name}: o= names another session")
            expect(described.media_count >= before.media_count, f"{wire.name}: an m= line is missing")
        for number, codec in re.findall(r"a=rtpmap:(\d+) (\S+)", described.text):
            expect(meanings.setdefault(number, codec) == codec, f"{wire.name}: {number} was {meanings[number]}, is {codec}")
        before = described


def _but_origin(described):
    return [line for line in described.text.splitlines() if not line.startswith("o=")]
