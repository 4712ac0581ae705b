"""The server's events as a client of GET /api/v1/events reads them."""
import json
import socket
import threading

from framework import patience
from framework.failure import Failure, expect


class Events:
    """Reads from the moment on at which it is made."""

    def __init__(self, stage, server=None):
        host, _, port = (server or stage.server).config["admin"]["listen"].rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=patience.real(5))
        self._socket.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        self._file = self._socket.makefile("r", encoding="utf-8", newline="\n")
        head = []
        while not head or head[-1]:
            head.append(self._file.readline().rstrip("\r\n"))
        self.head = "\n".join(head)
        expect(head[0] == "HTTP/1.1 200 OK", f"the stream begins: {self.head}")
        self._socket.settimeout(None)
        self._arrived = threading.Condition()
        self._seen = []
        self._taken = 0
        self._is_over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        stage.keep(self)

    def _read(self):
        event = {}
        try:
            for line in self._file:
                name, _, value = line.rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif "event" in event:
                    self._take((event["event"], json.loads(event["data"])))
                    event = {}
        except (OSError, ValueError):  # closed here
            pass
        with self._arrived:
            self._is_over = True
            self._arrived.notify_all()

    def _take(self, event):
        with self._arrived:
            self._seen.append(event)
            self._arrived.notify_all()

    def expect(self, kind, seconds=5):
        """What the next event of this kind says; what comes before it is passed over."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: self._find(kind) is not None or self._is_over, patience.real(seconds)):
                raise Failure(f"no {kind} came: {self._seen[self._taken:]}")
            at = self._find(kind)
            expect(at is not None, f"the stream ended without {kind}: {self._seen[self._taken:]}")
            self._taken = at + 1
            return self._seen[at][1]

    def _find(self, kind):
        return next((at for at in range(self._taken, len(self._seen)) if self._seen[at][0] == kind), None)

    def expect_end(self, seconds=5):
        with self._arrived:
            expect(self._arrived.wait_for(lambda: self._is_over, patience.real(seconds)), "the stream ends")

    def seen(self):
        """(kind, data) of each."""
        with self._arrived:
            return list(self._seen)

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        self._reader.join(5)
