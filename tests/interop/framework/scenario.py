"""SIPp scenarios written as the steps of one side of a call; see cases/sipp_peers.py for how they read.

Requests and responses follow SIPp's own dialog keywords, so what goes on the wire is SIPp's doing, not the tests'.
"""

_SDP = """v=0
o=sipp 5 {version} IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] {connection}
t=0 0
m=audio [media_port] RTP/AVP 0 8
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a={direction}
"""
ZERO_ADDRESS = "zero"  # a direction: two-way, but c=0.0.0.0


class _Side:
    def __init__(self, name):
        self.name = name
        self._steps = []
        self._sdp_version = 0

    def xml(self):
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
                f'<scenario name="{self.name}">\n' + "\n".join(self._steps) + "\n</scenario>\n")

    def pause(self, milliseconds):
        return self._add(f'<pause milliseconds="{milliseconds}"/>')

    def _add(self, step):
        self._steps.append(step)
        return self

    def _body(self, direction):
        if direction is None:
            return "Content-Length: 0\n"
        self._sdp_version += 1
        zero = direction == ZERO_ADDRESS
        body = _SDP.format(version=self._sdp_version, direction="sendrecv" if zero else direction,
                           connection="0.0.0.0" if zero else "[media_ip]")
        return f"Content-Type: application/sdp\nContent-Length: [len]\n\n{body}"

    def _send(self, lines, retransmitted):
        attribute = ' retrans="500"' if retransmitted else ""
        return self._add(f"<send{attribute}><![CDATA[\n{lines}\n]]></send>")

    def _receive(self, what, checks="", optional=False):
        attribute = ' optional="true"' if optional else ""
        if not checks:
            return self._add(f'<recv {what} rrs="true"{attribute}/>')
        return self._add(f'<recv {what} rrs="true"{attribute}><action>{checks}</action></recv>')

    @staticmethod
    def _expecting(direction):
        """The body offers or answers this direction."""
        if direction is None:
            return ""
        return f'<ereg regexp="a={direction}" search_in="body" check_it="true" assign_to="seen"/><log message="[$seen]"/>'


class Caller(_Side):
    """The side that dials. `number` is the user part."""

    def __init__(self, name, number="4930123"):
        super().__init__(name)
        self._from = "From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]A[call_number]"
        self._to = f"To: <sip:{number}@[remote_ip]:[remote_port]>"
        self._uri = f"sip:{number}@[remote_ip]:[remote_port]"
        self._invite_at = 0
        self._invite_cseq = None  # where another request came between it and its ACK
        self._answered = False

    def _request(self, method, body="Content-Length: 0\n", branch="[branch]", cseq=None, to="[peer_tag_param]",
                 retransmitted=True):
        uri = "[next_url]" if self._answered else self._uri
        lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}",
                 *(["[routes]"] if self._answered else []), self._from, self._to + to, "Call-ID: [call_id]",
                 f"CSeq: {cseq or '[cseq]'} {method}", "Max-Forwards: 70",
                 "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>", body]
        return self._send("\n".join(lines), retransmitted)

    def invite(self, direction="sendrecv", subject=None, supported=None):
        self._invite_at = len(self._steps)
        self._invite_cseq = None
        extra = f"Subject: {subject}\n" if subject else ""
        extra += f"Supported: {supported}\n" if supported else ""
        return self._request("INVITE", extra + self._body(direction), to="[peer_tag_param]" if self._answered else "")

    def receive(self, status, direction=None, optional=False):
        self._receive(f'response="{status}"', self._expecting(direction), optional)
        self._answered = self._answered or 200 <= status < 300
        return self

    def receive_reliable(self, status, direction=None):
        """A provisional response that wants a PRACK (RFC 3262), and the PRACK. Of the first INVITE only."""
        wants = ('<ereg regexp="100rel" search_in="hdr" header="Require:" check_it="true" assign_to="seen"/>'
                 '<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/>')
        self._receive(f'response="{status}"', wants + '<log message="[$seen]"/>' + self._expecting(direction))
        self._invite_cseq = 1
        self._request("PRACK", f"RAck: [$rseq] {self._invite_cseq} INVITE\nContent-Length: 0\n")
        return self._receive('response="200"')

    def trying(self):
        return self.receive(100, optional=True)

    def answered(self, direction=None, ack=None):
        """200, and the ACK with or without an answer."""
        self.trying().receive(180, optional=True).receive(183, optional=True)
        self.receive(200, direction)
        return self._request("ACK", self._body(ack), cseq=self._invite_cseq, retransmitted=False)

    def refused(self, status):
        """A failure, and its ACK in the same transaction."""
        self.trying().receive(180, optional=True).receive(183, optional=True).receive(status)
        return self._request("ACK", branch=f"[branch-{len(self._steps) - self._invite_at}]", retransmitted=False)

    def cancel(self):
        self._request("CANCEL", branch=f"[branch-{len(self._steps) - self._invite_at}]", to="", retransmitted=False)
        return self.receive(200)

    def bye(self):
        return self._request("BYE").receive(200)

    def expect_bye(self):
        self._receive('request="BYE"')
        return self._send("SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
                          "Content-Length: 0\n", False)


class Callee(_Side):
    """The side that is called."""

    def __init__(self, name):
        super().__init__(name)
        self._in_dialog = False
        self._invite_is_last = True

    def expect_invite(self, direction=None):
        if self._in_dialog:
            return self._receive('request="INVITE"', self._expecting(direction))
        remember = ('<ereg regexp=".*" search_in="hdr" header="From:" assign_to="far"/>'
                    '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="near"/>'
                    '<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="way"/>'
                    '<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="number"/>'
                    '<log message="[$far] [$near] [$way] [$number]"/>')
        return self._receive('request="INVITE"', remember + self._expecting(direction))

    def reply(self, status, direction=None, extra=()):
        tag = "" if self._in_dialog else ";tag=[pid]B[call_number]"
        copied = ["[last_Via:]", "[last_Record-Route:]", "[last_From:]", f"[last_To:]{tag}", "[last_Call-ID:]",
                  "[last_CSeq:]"]
        if not self._invite_is_last:  # another request came after it
            copied = ["Via: [$way]", "From: [$far]", f"To: [$near]{tag}", "Call-ID: [call_id]", "CSeq: [$number]"]
        lines = [f"SIP/2.0 {status} As told", *copied, *extra,
                 "Contact: <sip:[local_ip]:[local_port];transport=[transport]>", self._body(direction)]
        return self._send("\n".join(lines), status >= 200)

    def reply_reliably(self, status, direction=None, number=1):
        """A provisional response that wants a PRACK (RFC 3262), and the 200 to that."""
        self.reply(status, direction, ("Require: 100rel", f"RSeq: {number}"))
        named = f'<ereg regexp="^ *{number} 1 INVITE" search_in="hdr" header="RAck:" check_it="true" assign_to="seen"/>'
        self._receive('request="PRACK"', named + '<log message="[$seen]"/>')
        self._invite_is_last = False
        return self._plain_reply(200)

    def answer(self, direction="sendrecv", ack=None):
        self.reply(200, direction)
        self._invite_is_last = True
        self._in_dialog = True
        return self.expect_ack(ack)

    def expect_ack(self, direction=None):
        return self._receive('request="ACK"', self._expecting(direction))

    def _plain_reply(self, status):
        return self._send(f"SIP/2.0 {status} OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
                          "Content-Length: 0\n", False)

    def expect_bye(self):
        self._receive('request="BYE"')
        return self._plain_reply(200)

    def bye(self):
        lines = ["BYE [next_url] SIP/2.0", "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
                 "From: [$near];tag=[pid]B[call_number]", "To: [$far]", "Call-ID: [call_id]", "CSeq: 7 BYE",
                 "Max-Forwards: 70", "Content-Length: 0\n"]
        self._send("\n".join(lines), True)
        return self._receive('response="200"')

    def expect_cancel(self):
        """200 to the CANCEL, 487 to the INVITE."""
        self._receive('request="CANCEL"')
        self._plain_reply(200)
        lines = ["SIP/2.0 487 Request Terminated", "[last_Via:]", "[last_From:]", "[last_To:];tag=[pid]B[call_number]",
                 "[last_Call-ID:]", "CSeq: [last_cseq_number] INVITE", "Content-Length: 0\n"]
        self._send("\n".join(lines), True)
        return self.expect_ack()
