"""A stretch of network that lets only TCP through, and breaks when it is told to."""
import contextlib
import socket
import threading

CHUNK = 65536


class Wire:
    """Passes on to `to` whatever connects to (address, port)."""

    def __init__(self, address, port, to):
        self.address, self.port = address, port
        self.carried = 0  # connections so far
        self._to = to
        self._ends = []
        self._lock = threading.Lock()
        self._listening = socket.create_server((address, port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._to)
                with self._lock:
                    self.carried += 1
                    self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(source, target):
        with contextlib.suppress(OSError):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while chunk := source.recv(CHUNK):
                target.sendall(chunk)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """What is connected now is lost; who connects again gets through."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self._listening.close()
        self.cut()
