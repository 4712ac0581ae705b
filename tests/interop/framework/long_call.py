"""One call with very many changes: both ends in one thread on bare sockets, one change after the other, thousands a second.

The ends know their own dialog by heart and look into what comes no further than they must.
"""
import re
import socket

from framework import patience
from framework.dialog import token
from framework.failure import Failure

_SDP = (b"v=0\r\no=- 1 %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0 %d\r\n"
        b"a=rtpmap:%d telephone-event/8000\r\na=%s\r\n")
_REQUEST = (b"%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\n"
            b"Call-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:x@%s>\r\nContent-Type: application/sdp\r\n"
            b"Content-Length: %d\r\n\r\n%s")
_RESPONSE = (b"SIP/2.0 200 OK\r\n%s\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\nContact: <sip:x@%s>\r\n"
             b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s")
_VERSION = re.compile(rb"\r\no=\S+ \S+ (\d+) ")
_LINE = re.compile(rb"\r\nm=[^\r]*")
_MEANING = re.compile(rb"\r\na=rtpmap:(\d+) ([^\r]+)")
EVENTS_AT_A, EVENTS_AT_B = 97, 111  # payload numbers of telephone events, of each end's own choice
_HELD = {b"sendonly": b"recvonly", b"sendrecv": b"sendrecv"}
ANSWER_SECONDS = 3.0


def _field(name, message):
    return re.search(rb"\r\n" + name + rb": *([^\r]+)", message, re.IGNORECASE).group(1)


class _End:
    def __init__(self, address, events):
        self.events = events
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(patience.real(ANSWER_SECONDS))
        self.port = self.socket.getsockname()[1]
        self.address, self.at = address.encode(), f"{address}:{self.port}".encode()
        self.version, self.versions = 0, []  # ours; theirs, as they came
        self.meanings, self.line_counts = {}, set()  # of payload numbers, and how many m-lines: in theirs

    def description(self, direction):
        self.version += 1
        return _SDP % (self.version, self.address, self.address, 9, self.events, self.events,
                       direction)

    def expect(self, start, number):
        """Takes messages until one begins so and has this CSeq: repetitions of others are passed over."""
        while True:
            try:
                message = self.socket.recv(65535)
            except TimeoutError:
                waited = f"{self.at.decode()} waited {self.socket.gettimeout()} s"
                raise Failure(f"{waited} for {start.decode()} {number}") from None
            if message.startswith(start) and (number is None or b"\r\nCSeq: %d " % number in message):
                self._note(message)
                return message

    def _note(self, message):
        found = _VERSION.search(message)
        if found and (not self.versions or int(found.group(1)) != self.versions[-1]):
            self.versions.append(int(found.group(1)))
        if found:
            self.line_counts.add(len(_LINE.findall(message)))
            for number, meaning in _MEANING.findall(message):
                if self.meanings.setdefault(number, meaning) != meaning:
                    raise Failure(f"{number} meant {self.meanings[number]} at {self.at.decode()}, and now {meaning}")


class LongCall:
    def __init__(self, caller_address, callee_address):
        self.a, self.b = _End(caller_address, EVENTS_AT_A), _End(callee_address, EVENTS_AT_B)
        self._call_id, self._tag = token().encode(), token().encode()
        self._number = 0
        self._server = None

    def close(self):
        self.a.socket.close()
        self.b.socket.close()

    def connect(self, server, number="4930123"):
        self._server = server
        target = f"sip:{number}@{server[0]}:{server[1]}".encode()
        self._target, self._from, self._to = target, b"<sip:x@%s>;tag=%s" % (self.a.at, self._tag), b"<%s>" % target
        ok = self._ask(b"sendrecv", self._take_call)
        self._to = _field(b"To", ok)
        self._target = re.search(rb"<([^>]+)>", _field(b"Contact", ok)).group(1)
        self._acknowledge()

    def change(self, direction):
        """A re-INVITE to the end of its ACK on both legs."""
        self._ask(direction, self._take_change)
        self._acknowledge()

    def hang_up(self):
        self._number += 1
        self._send(b"BYE", b"")
        bye = self.b.expect(b"BYE", None)
        self._reply(bye, _field(b"CSeq", bye), b"")
        self.a.expect(b"SIP/2.0 200", self._number)

    def _ask(self, direction, far):
        self._number += 1
        self._send(b"INVITE", self.a.description(direction))
        far(direction)
        return self.a.expect(b"SIP/2.0 200", self._number)

    def _acknowledge(self):
        self._send(b"ACK", b"")

    def _send(self, method, body):
        branch = b"%d%s" % (self._number, method)
        self.a.socket.sendto(_REQUEST % (method, self._target, self.a.at, branch + self._tag, self._from, self._to,
                                         self._call_id, self._number, method, self.a.at, len(body), body), self._server)

    def _take_call(self, _):
        invite = self.b.expect(b"INVITE", None)
        self._far = _field(b"From", invite), _field(b"To", invite) + b";tag=" + self._tag, _field(b"Call-ID", invite)
        self._far_number = int(_field(b"CSeq", invite).split()[0])
        self._answer(invite, b"sendrecv")

    def _take_change(self, direction):
        self._far_number += 1
        self._answer(self.b.expect(b"INVITE", self._far_number), _HELD[direction])

    def _answer(self, invite, direction):
        self._reply(invite, b"%d INVITE" % self._far_number, self.b.description(direction))
        self.b.expect(b"ACK", self._far_number)

    def _reply(self, request, cseq, body):
        via = b"Via: " + _field(b"Via", request)
        self.b.socket.sendto(_RESPONSE % (via, *self._far, cseq, self.b.at, len(body), body), self._server)
