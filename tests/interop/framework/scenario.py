"""SIPp scenarios written as the steps of one side of a call; see cases/sipp_peers.py and cases/races_*.py for how they read.

Branch and CSeq of each request are ours, so that requests can be open side by side, be named and be repeated. A step that
waits, at which anything else that comes fails the call, is `pause`.
"""
from dataclasses import dataclass

from framework import patience

_SDP = """v=0
o=sipp 5 {version} IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] {connection}
t=0 0
m=audio {port} RTP/AVP 0 8
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a={direction}
{more}"""
TAG = "[pid]{}[call_number]"


@dataclass(frozen=True)
class Session:
    """A description of ours, where a direction does not say it all."""
    direction: str = "sendrecv"
    port: str = "[media_port]"
    connection: str = "[media_ip]"
    more: str = ""  # further lines
    same_version: bool = False
    text: str = ""  # instead of all that


@dataclass(frozen=True)
class Body:
    """Of a message, where it is no description."""
    type: str
    text: str


ZERO_ADDRESS = Session(connection="0.0.0.0")


class _Step:
    def __init__(self, name, attributes=None, content=""):
        self.name, self.attributes, self.content = name, attributes or {}, content

    def xml(self, following):
        """SIPp waits with what follows a message that it would repeat, unless that is an answer to it."""
        left_out = {"retrans"} if following is not None and following.name in ("send", "pause") else set()
        attributes = "".join(f' {key}="{value}"' for key, value in self.attributes.items()
                             if value is not None and key not in left_out)
        return f"<{self.name}{attributes}>{self.content}</{self.name}>"


def _repeated(method):
    """Taken at any moment after, and nothing is done about it."""
    return _Step("recv", {"request": method, "optional": "global", "advance_state": "false"})


# A server whose INVITE was answered late repeats it, SIPp repeats the answer, and has the ACK once more at any moment after.
_REPEATED_ACK = _repeated("ACK")


@dataclass
class _Sent:
    """A request of ours."""
    number: int
    branch: str
    text: str


class _Side:
    """What both sides can say and expect. `then` and `otherwise` name labels; `within` is in milliseconds. For SIPp, a wait that
    ends at a label with nothing behind it has failed."""

    def __init__(self, name, first_number):
        self.name = name
        self._steps = []
        self._sdp_version = 0
        self._number = first_number - 1
        self._branches = 0
        self._sent = {}  # requests of ours by name, or by method: the last one
        self._kept = {}  # requests of the other side: whether their To lacks our tag
        self.options = []  # of SIPp
        self._forgiving = False

    def xml(self):
        steps = self._with_repeated_ack()
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
                f'<scenario name="{self.name}">\n'
                + "\n".join(step.xml(following) for step, following in zip(steps, [*steps[1:], None]))
                + "\n</scenario>\n")

    def _with_repeated_ack(self):
        """SIPp wants it in front of something else to receive."""
        first = next(index for index, step in enumerate(self._steps) if step.name == "recv")
        return [*self._steps[:first], _REPEATED_ACK, *self._steps[first:]]

    def _add(self, name, attributes=None, content=""):
        self._steps.append(_Step(name, attributes, content))
        return self

    def with_repetitions(self):
        """What comes again is seen again, and nothing of ours goes out again by itself."""
        self.options.append("-nr")
        return self

    def forgiving(self):
        """For what can come at any moment: SIPp is deaf just before it sends, and fails; now it only loses what comes then.
        Nothing of ours goes out again by itself either, as SIPp holds back all else until what it repeats is answered."""
        self.options += ["-default_behaviors", "none"]
        self._forgiving = True
        return self

    def pause(self, milliseconds, exactly=False):
        """So that the others have done something meanwhile: longer where they are slow, unless there is a limit to it or it is a
        skew."""
        return self._add("pause", {"milliseconds": milliseconds if exactly else round(patience.real(milliseconds))})

    def label(self, name):
        return self._add("label", {"id": name})

    # Session descriptions

    def _body(self, session):
        if session is None:
            return "Content-Length: 0\n"
        if isinstance(session, Body):
            return f"Content-Type: {session.type}\nContent-Length: [len]\n\n{session.text}\n"
        session = Session(session) if isinstance(session, str) else session
        self._sdp_version += 0 if session.same_version else 1
        body = session.text or _SDP.format(version=self._sdp_version, port=session.port, connection=session.connection,
                                           direction=session.direction, more=session.more)
        return f"Content-Type: application/sdp\nContent-Length: [len]\n\n{body}"

    # Sending

    def _send(self, lines, retransmitted=False, then=None):
        text = "\n".join(lines)
        return self._add("send", {"retrans": 500 if retransmitted else None, "next": then}, f"<![CDATA[\n{text}\n]]>")

    def request(self, method, session=None, name=None, number=None, branch=None, headers=(), then=None, **identity):
        """A request of ours: the next in its dialog, unless a number or a branch says otherwise."""
        if number is None:
            self._number += 1
            number = self._number
        if branch is None:
            self._branches += 1
            branch = f"z9hG4bK[pid]x[call_number]x{self._branches}"
        uri, local, remote = self._addresses(**identity)
        lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}", local,
                 remote, "Call-ID: [call_id]", f"CSeq: {number} {method}", "Max-Forwards: 70",
                 "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>", *headers, self._body(session)]
        self._send(lines, method not in ("ACK", "CANCEL") and not self._forgiving, then)
        self._sent[name or method] = self._sent[method] = _Sent(number, branch, "\n".join(lines))
        return self

    def again(self, name, then=None):
        """The same request once more, byte by byte."""
        return self._send([self._sent[name].text], then=then)

    def invite(self, session="sendrecv", name=None, headers=(), then=None):
        return self.request("INVITE", session, name, headers=headers, then=then)

    def update(self, session=None, name=None):
        return self.request("UPDATE", session, name)

    def press(self, key):
        """Said by INFO."""
        return self.request("INFO", Body("application/dtmf-relay", f"Signal={key}\nDuration=160")).receive(200)

    def ack(self, session=None, of="INVITE", then=None):
        """To a 2xx."""
        return self.request("ACK", session, number=self._sent[of].number, then=then)

    def ack_refusal(self, of="INVITE", then=None):
        """In the transaction of what was refused (RFC 3261 §17.1.1.3)."""
        invite = self._sent[of]
        return self.request("ACK", number=invite.number, branch=invite.branch, then=then, early=invite.text)

    def send_cancel(self, of="INVITE"):
        invite = self._sent[of]
        return self.request("CANCEL", number=invite.number, branch=invite.branch, early=invite.text)

    def send_bye(self, then=None):
        return self.request("BYE", then=then)

    def bye(self):
        return self.send_bye().receive(200)

    # Responses to our requests

    def receive(self, status, direction=None, optional=False, then=None, then_if=None, within=None, otherwise=None):
        """To any request that was sent before. `then_if`: `then` is for responses to this method, others go on."""
        actions, test = self._expecting(direction), None
        if then_if:
            test = f"is{then_if}{len(self._steps)}"
            actions += f'<ereg regexp="{then_if}" search_in="hdr" header="CSeq:" assign_to="{test}"/>'
        return self._receive({"response": status, "test": test}, actions, optional, then, within, otherwise,
                             status in (180, 183, 200))

    def trying(self):
        return self.receive(100)

    def answered(self, direction=None, ack=None, of="INVITE"):
        """200, and the ACK with or without an answer."""
        return self._provisional().receive(200, direction).ack(ack, of)

    def refused(self, status, of="INVITE"):
        """A failure, and its ACK."""
        return self._provisional().receive(status).ack_refusal(of)

    def _provisional(self):
        for status in (100, 180, 183):
            self.receive(status, optional=True)
        return self

    # Requests of the other side

    def expect(self, method, direction=None, optional=False, keep=None, then=None, within=None, otherwise=None):
        """`keep`: a name, for a reply that does not follow at once."""
        actions = self._expecting(direction)
        for header in ("Via", "From", "To", "CSeq") if keep else ():
            actions += _assign(header, f"{keep}{header}")
        if keep:
            self._kept[keep] = method == "INVITE" and not self._in_dialog()
        return self._receive({"request": method}, actions, optional, then, within, otherwise, method == "INVITE")

    def reply(self, status, session=None, to=None, headers=(), then=None, tag=""):
        """To an INVITE: the message that came last, or one that was kept."""
        names = ("Via", "From", "To", "CSeq")
        via, sender, receiver, cseq = (f"{name}: [${to}{name}]" if to else f"[last_{name}:]" for name in names)
        lines = [f"SIP/2.0 {status} As told", via, sender, receiver + self._missing_tag(to, tag), "Call-ID: [call_id]",
                 cseq, "Contact: <sip:[local_ip]:[local_port];transport=[transport]>", *headers, self._body(session)]
        return self._send(lines, 200 <= status and session is not None, then)

    def invite_again(self):
        """From here on, in front of something else to receive, the INVITE may come again: SIPp does not know one again that it
        has answered twice, or once it has heard something else."""
        self._steps.append(_repeated("INVITE"))
        return self

    def expect_ack(self, direction=None, optional=False, then=None):
        return self.expect("ACK", direction, optional, then=then)

    def expect_bye(self):
        return self.expect("BYE").reply_plainly()

    def reply_plainly(self, status=200, session=None, then=None):
        """To any other request, the message that came last: the tags are as they came."""
        return self._send([f"SIP/2.0 {status} As told", "[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]",
                           "[last_CSeq:]", "Contact: <sip:[local_ip]:[local_port];transport=[transport]>",
                           self._body(session)], then=then)

    def _missing_tag(self, kept, tag):
        return ""

    def _receive(self, what, actions, optional, then, within, otherwise, has_contact):
        attributes = {**what, "rrs": "true" if has_contact else None, "optional": "true" if optional else None,
                      "next": then, "timeout": within, "ontimeout": otherwise}
        return self._add("recv", attributes, f"<action>{actions}</action>" if actions else "")

    @staticmethod
    def _expecting(direction):
        """The body offers or answers this direction."""
        if direction is None:
            return ""
        return f'<ereg regexp="a={direction}" search_in="body" check_it="true" assign_to="seen"/><log message="[$seen]"/>'


def _assign(header, variable):
    """SIPp complains of a variable that is never used: hence the log."""
    return (f'<ereg regexp=".*" search_in="hdr" header="{header}:" assign_to="{variable}"/>'
            f'<log message="[${variable}]"/>')


class Caller(_Side):
    """The side that dials."""

    def __init__(self, name, number="[service]"):
        super().__init__(name, 1)
        self._called = f"sip:{number}@[remote_ip]:[remote_port]"
        self._tagged = self._answered = False

    def _in_dialog(self):
        return True

    def _addresses(self, early=""):
        """A CANCEL goes where its INVITE went, and so does the ACK of a failure (RFC 3261 §9.1, §17.1.1.3)."""
        initial = f" {self._called} " in early.split("\n", 1)[0] if early else not self._answered
        uri = self._called if initial else "[next_url]"
        tag = "[peer_tag_param]" if self._tagged else ""
        return uri, f"From: <sip:sipp@[local_ip]:[local_port]>;tag={TAG.format('A')}", f"To: <{self._called}>{tag}"

    def receive(self, status, *arguments, **options):
        super().receive(status, *arguments, **options)
        self._tagged = self._tagged or status > 100
        self._answered = self._answered or 200 <= status < 300
        return self

    def receive_reliable(self, status, direction=None):
        """A provisional response that wants a PRACK (RFC 3262), and the PRACK."""
        wants = ('<ereg regexp="100rel" search_in="hdr" header="Require:" check_it="true" assign_to="seen"/>'
                 '<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/>'
                 '<log message="[$seen] [$rseq]"/>')
        self._receive({"response": status}, wants + self._expecting(direction), False, None, None, None, True)
        self._tagged = self._answered = True  # there is a dialog now, an early one
        rack = f"RAck: [$rseq] {self._sent['INVITE'].number} INVITE"
        return self.request("PRACK", headers=(rack,)).receive(200)

    def cancel(self):
        return self.send_cancel().receive(200)


class Callee(_Side):
    """The side that is called."""

    def __init__(self, name):
        super().__init__(name, 7)
        self._answered = False

    def _in_dialog(self):
        return self._answered

    def _addresses(self, early=""):
        return "[next_url]", f"From: [$dialogTo];tag={TAG.format('B')}", "To: [$dialogFrom]"

    def _missing_tag(self, kept, tag):
        """`tag`: of another fork; None: a peer of RFC 2543."""
        lacks = self._kept[kept] if kept else not self._answered
        return f";tag={TAG.format(tag or 'B')}" if lacks and tag is not None else ""

    def reply(self, status, *arguments, **options):
        super().reply(status, *arguments, **options)
        self._answered = self._answered or 200 <= status < 300
        return self

    def expect_invite(self, direction=None, keep=None):
        return self.expect("INVITE", direction, keep=keep or (None if self._answered else "dialog"))

    def answer(self, session="sendrecv", ack=None):
        return self.reply(200, session).expect_ack(ack)

    def reply_reliably(self, status, session=None, number=1):
        """A provisional response that wants a PRACK (RFC 3262), and the 200 to that. The INVITE is «dialog» from then on."""
        self.reply(status, session, headers=("Require: 100rel", f"RSeq: {number}"))
        named = f'<ereg regexp="^ *{number} 1 INVITE" search_in="hdr" header="RAck:" check_it="true" assign_to="seen"/>'
        self._receive({"request": "PRACK"}, named + '<log message="[$seen]"/>', False, None, None, None, False)
        return self.reply_plainly()

    def expect_cancel(self):
        """200 to the CANCEL, 487 to the INVITE; and 200 again to a CANCEL that is repeated, because the 200 was late."""
        cancelled, again, over = (f"{word} {len(self._steps)}" for word in ("cancelled", "cancelled again", "over"))
        self.expect("CANCEL").reply_plainly()
        lines = ["SIP/2.0 487 Request Terminated", "[last_Via:]", "[last_From:]",
                 f"[last_To:]{self._missing_tag(None, '')}", "[last_Call-ID:]", "CSeq: [last_cseq_number] INVITE",
                 "Content-Length: 0\n"]
        return (self._send(lines).label(cancelled).expect("CANCEL", optional=True, then=again).expect_ack(then=over)
                .label(again).reply_plainly(then=cancelled).label(over))
