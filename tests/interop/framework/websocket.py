"""A WebSocket of a phone of the tests (RFC 6455, RFC 7118): what an agent asks of a stream socket, over one."""
import base64
import os
import socket
import struct
import threading

from framework import patience
from framework.failure import Failure, expect

UPGRADE_SECONDS = 3
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def upgrade_request(host, path="/", subprotocol="sip", origin=None, **fields):
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13"]
    lines += [f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol else []
    lines += [f"Origin: {origin}"] if origin else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(payload, opcode=TEXT, last=True):
    """As a client sends it: masked."""
    head = bytes([(0x80 if last else 0) | opcode])
    size = len(payload)
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += struct.pack(">BH", 0x80 | 126, size)
    else:
        head += struct.pack(">BQ", 0x80 | 127, size)
    key = os.urandom(4)
    mask = int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return head + key + (int.from_bytes(payload, "big") ^ mask).to_bytes(size, "big")


class WebSocket:
    """`connection`: a socket, or a framework.secret.SecretConnection."""

    def __init__(self, connection, host, **request):
        self._connection, self._buffer, self._turn = connection, b"", threading.Lock()
        self.opcodes = []  # of the messages that came
        connection.settimeout(patience.real(UPGRADE_SECONDS))
        connection.sendall(upgrade_request(host, **request))
        while b"\r\n\r\n" not in self._buffer:
            data = connection.recv(65535)
            if not data:
                raise Failure(f"no answer to the request for a WebSocket: {self._buffer}")
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        self.response = head.decode()
        expect(self.response.startswith("HTTP/1.1 101 "), f"a WebSocket: {self.response}")

    def fileno(self):
        return self._connection.fileno()

    def settimeout(self, seconds):
        self._connection.settimeout(seconds)

    def recv(self, size):
        """The next message; empty: it is over."""
        while True:
            whole = self._take()
            if whole is None:
                data = self._connection.recv(size)
                if not data:
                    return b""
                self._buffer += data
                continue
            opcode, payload = whole
            if opcode == PING:
                self._write(frame(payload, PONG))
            elif opcode == CLOSE:
                return b""
            elif opcode in (TEXT, BINARY):
                self.opcodes.append(opcode)
                return payload

    def _take(self):
        data = self._buffer
        if len(data) < 2:
            return None
        size, begin = data[1], 2
        if size == 126:
            begin = 4
        elif size == 127:
            begin = 10
        if len(data) < begin:
            return None
        if begin > 2:
            size = int.from_bytes(data[2:begin], "big")
        if len(data) < begin + size:
            return None
        self._buffer = data[begin + size:]
        return data[0] & 0x0f, data[begin:begin + size]

    def sendall(self, data):
        """One message."""
        self._write(frame(data))

    def _write(self, data):
        with self._turn:
            self._connection.sendall(data)

    def shutdown(self, how=socket.SHUT_RDWR):
        self._connection.shutdown(how)

    def close(self):
        self._connection.close()
