"""Session descriptions of one audio stream: enough to offer, to answer and to read an answer."""
from dataclasses import dataclass, field

RTPMAP = {0: "PCMU/8000", 8: "PCMA/8000", 101: "telephone-event/8000"}
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


def write(address, port, version=1, direction="sendrecv", formats=(0, 8, 101), connection=None, session_id=4711):
    kind = "IP6" if ":" in (connection or address) else "IP4"
    origin = "IP6" if ":" in address else "IP4"
    lines = ["v=0", f"o=peer {session_id} {version} IN {origin} {address}", "s=-",
             f"c=IN {kind} {connection or address}", "t=0 0",
             f"m=audio {port} RTP/AVP " + " ".join(map(str, formats))]
    lines += [f"a=rtpmap:{number} {RTPMAP[number]}" for number in formats]
    lines += ["a=fmtp:101 0-15"] if 101 in formats else []
    lines += ["a=ptime:20", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"


@dataclass
class Description:
    text: str
    origin: list
    connection: str
    port: int
    formats: list
    direction: str
    media_count: int
    attributes: list = field(default_factory=list)

    @property
    def version(self):
        return int(self.origin[2])

    @property
    def payload_type(self):
        return next((number for number in self.formats if number in (0, 8)), None)


def refusals(offer):
    """What an answer says to the streams behind the first one (RFC 3264 §6)."""
    text = offer.decode() if isinstance(offer, bytes) else offer
    lines = [line.split() for line in text.splitlines() if line.startswith("m=")][1:]
    return "".join(f"{' '.join([kind, '0', *others])}\r\n" for kind, _, *others in lines)


def read(body):
    """The first audio stream of a description."""
    text = body.decode() if isinstance(body, bytes) else body
    origin, connection, port, formats, direction = [], None, 0, [], "sendrecv"
    media, attributes = 0, []
    for line in text.splitlines():
        kind, _, value = line.partition("=")
        if kind == "o":
            origin = value.split()
        elif kind == "m":
            media += 1
            if media == 1:
                _, port_text, _, *numbers = value.split()
                port, formats = int(port_text), [int(number) for number in numbers if number.isdigit()]
        elif media > 1:
            continue
        elif kind == "c":
            connection = value.split()[2]
        elif kind == "a":
            attributes.append(value)
            direction = value if value in DIRECTIONS else direction
    return Description(text, origin, connection, port, formats, direction, media, attributes)
