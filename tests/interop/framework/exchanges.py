"""INVITE transactions as packets on loopback show them: when each was asked, when and how it was answered."""
import re
from dataclasses import dataclass

INVITES_AND_RESPONSES = "(udp[8:4] = 0x494e5649 or udp[8:4] = 0x5349502f)"  # «INVI», «SIP/»

_CSEQ = re.compile(rb"\r\nCSeq: *(\d+) INVITE\r\n", re.IGNORECASE)
_CALL_ID = re.compile(rb"\r\nCall-ID: *([^\r]+)\r\n", re.IGNORECASE)
_USER = re.compile(rb"INVITE sip:(\w+)@")


@dataclass
class Exchange:
    """Nanoseconds; of repetitions the first counts."""
    asked: int
    answered: int = 0
    status: int = 0

    @property
    def milliseconds(self):
        return (self.answered - self.asked) / 1e6


@dataclass
class Leg:
    number: bytes  # dialled
    caller: str    # address
    exchanges: list


def legs_of(capture):
    """The legs in the order of their first INVITE; each has its exchanges in order, that of the set-up first."""
    legs, open_ones = {}, {}
    for moment, source, _, payload in capture.udp():
        cseq, call_id = _CSEQ.search(payload), _CALL_ID.search(payload)
        if not cseq or not call_id:
            continue
        key = call_id.group(1), source[0], cseq.group(1)
        if payload.startswith(b"INVITE"):
            leg = legs.setdefault(key[0], Leg(_user(payload), source[0], []))
            if key[::2] not in open_ones:
                open_ones[key[::2]] = Exchange(moment)
                leg.exchanges.append(open_ones[key[::2]])
            continue
        status, asked = int(payload[8:11]), open_ones.get(key[::2])
        if asked and not asked.answered and status >= 200:
            asked.answered, asked.status = moment, status
    return list(legs.values())


def _user(payload):
    found = _USER.match(payload)
    return found.group(1) if found else b""


def paired(legs, server):
    """(near, far) exchanges of the changes in calls that went through the server, in their order."""
    near = {leg.number: leg for leg in legs if leg.caller != server}
    far = {leg.number: leg for leg in legs if leg.caller == server}
    return [both for number in near.keys() & far.keys()
            for both in zip(near[number].exchanges[1:], far[number].exchanges[1:]) if all(one.answered for one in both)]


def percentiles(values):
    ordered = sorted(values)
    at = lambda share: ordered[min(len(ordered) - 1, int(len(ordered) * share))]  # noqa: E731
    return f"p50 {at(.5):.3f} ms, p99 {at(.99):.3f} ms, longest {ordered[-1]:.3f} ms"
