"""A SIP message as a test peer needs it: lenient, order of headers kept, the bytes as they came beside it."""
import re

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
           "c": "content-type", "k": "supported", "s": "subject", "e": "content-encoding"}


class Message:
    def __init__(self, start, headers, body=b"", raw=b""):
        self.start = start
        self.headers = headers  # [(name, value)]
        self.body = body.encode() if isinstance(body, str) else (body or b"")
        self.raw = raw
        self.time = 0         # nanoseconds, CLOCK_REALTIME, when it was read
        self.connection = None

    @classmethod
    def parse(cls, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        text = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace"))
        start, *lines = text.split("\r\n")
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(start, headers, body, raw)

    def bytes(self):
        lines = [self.start] + [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body

    def all(self, name):
        name = name.lower()
        return [value for key, value in self.headers if COMPACT.get(key.lower(), key.lower()) == name]

    def get(self, name, default=None):
        return next(iter(self.all(name)), default)

    @property
    def is_response(self):
        return self.start.startswith("SIP/2.0 ")

    @property
    def status(self):
        return int(self.start.split(" ", 2)[1]) if self.is_response else None

    @property
    def method(self):
        """Of the request, or of the request that a response answers."""
        return self.get("cseq", "0 ?").split()[-1] if self.is_response else self.start.split(" ", 1)[0]

    @property
    def uri(self):
        return None if self.is_response else self.start.split(" ", 2)[1]

    @property
    def cseq(self):
        return int(self.get("cseq").split()[0])

    @property
    def call_id(self):
        return self.get("call-id")

    @property
    def branch(self):
        found = re.search(r";\s*branch=([^;,\s]+)", self.get("via", ""))
        return found.group(1) if found else None

    def identity(self):
        """Equal for a retransmission."""
        to_tag = tag_of(self.get("to", "")) if self.is_response else None
        reliable = self.get("rseq") if self.is_response else None
        return self.start.split(" ")[:2] if self.is_response else self.method, self.branch, self.get("cseq"), \
            self.call_id, to_tag, reliable

    def __str__(self):
        return self.start


def tag_of(value):
    found = re.search(r";\s*tag=([^;,\s>]+)", value)
    return found.group(1) if found else None


def uri_of(name_addr):
    """The URI of a Contact, From, To or Route value."""
    found = re.search(r"<([^>]*)>", name_addr)
    return found.group(1) if found else name_addr.split(";")[0].strip()


def frame(buffer):
    """(message bytes, rest) of a stream, or (None, buffer) where it is not whole yet (RFC 3261 §18.3)."""
    buffer = buffer.lstrip(b"\r\n")
    head, found, body = buffer.partition(b"\r\n\r\n")
    if not found:
        return None, buffer
    length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
    size = int(length.group(1)) if length else 0
    if len(body) < size:
        return None, buffer
    end = len(head) + 4 + size
    return buffer[:end], buffer[end:]
