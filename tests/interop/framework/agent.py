"""A SIP endpoint that says exactly what it is told and keeps all it hears: one UDP socket, TCP or TLS with one listener, or
a WebSocket, which is only opened from here.

It never retransmits and answers nothing by itself; retransmissions of the other side are counted and set apart.
"""
import random
import socket
import threading
import time

from framework import patience
from framework.addresses import bracketed, family_of, free_port
from framework.failure import Failure
from framework.message import Message, frame
from framework.websocket import WebSocket


class Agent:
    """`secret`: a framework.secret.Secret, of an agent whose transport is "tls" or "wss"."""

    def __init__(self, address, transport="udp", port=None, log=None, secret=None):
        self.address = address
        # As browsers do, who do not know where they are (RFC 7118 §7).
        self.host = f"{random.getrandbits(48):012x}.invalid" if transport in ("ws", "wss") else None
        self.secret = secret
        self.transport = transport
        self.port = port or free_port(address)
        self.received = []         # every message, retransmissions as well
        self.retransmissions = 0
        self._log = log
        self._inbox = []
        self._seen = set()
        self._arrived = threading.Condition()
        self._ended = threading.Event()
        self._connections = {}
        self._threads = []
        self._socket = None
        if self.host is None:
            self._listen()

    def _listen(self):
        address, transport = self.address, self.transport
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self._socket = socket.socket(family_of(address), kind)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((address, self.port))
        self._socket.settimeout(0.1)
        if transport != "udp":
            self._socket.listen()
        self._start(self._read_datagrams if transport == "udp" else self._accept)

    @property
    def sent_by(self):
        return self.host or f"{bracketed(self.address)}:{self.port}"

    def contact(self, user="peer"):
        transport = "" if self.transport == "udp" else f";transport={'ws' if self.host else self.transport}"
        return f"<sip:{user}@{self.sent_by}{transport}>"

    @property
    def connections(self):
        """How many there are and were."""
        return len(self._connections)

    def close(self):
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for connection in self._connections.values():
            connection.close()
        if self._socket:
            self._socket.close()

    def lose_connections(self):
        """Those of a stream, as a network does; the listener stays. The next message opens one anew."""
        connections, self._connections = self._connections, {}
        for connection in connections.values():
            connection.shutdown(socket.SHUT_RDWR)

    # Sending

    def send(self, message, remote, connection=None):
        data = message.bytes() if isinstance(message, Message) else message
        self._note(">>", remote, data)
        if self.transport == "udp":
            self._socket.sendto(data, remote)
        else:
            (connection or self._connection_to(remote)).sendall(data)

    def _connection_to(self, remote):
        if remote not in self._connections:
            connection = socket.create_connection(remote, timeout=3, source_address=(self.address, 0))
            if self.secret:
                connection = self.secret.connect(connection)
            if self.host:
                connection = WebSocket(connection, f"{bracketed(remote[0])}:{remote[1]}")
            self._adopt(connection, remote)
        return self._connections[remote]

    def _adopt(self, connection, remote):
        connection.settimeout(0.1)
        self._connections[remote] = connection
        self._start(self._read_stream, connection, remote)

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    # Receiving

    def _read_datagrams(self):
        while not self._ended.is_set():
            try:
                data, source = self._socket.recvfrom(65535)
            except OSError:
                continue
            if data.strip(b"\r\n\0"):
                self._take(data, source[:2], None)

    def _accept(self):
        while not self._ended.is_set():
            try:
                connection, source = self._socket.accept()
                if self.secret:
                    connection = self.secret.accept(connection)
            except OSError:  # a handshake that came to nothing is one
                continue
            self._adopt(connection, source[:2])

    def _read_stream(self, connection, remote):
        buffer = b""
        while not self._ended.is_set():
            try:
                data = connection.recv(65535)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            buffer += data
            while True:
                whole, buffer = frame(buffer)
                if whole is None:
                    break
                self._take(whole, remote, connection)

    def _take(self, data, source, connection):
        message = Message.parse(data)
        message.time = time.clock_gettime_ns(time.CLOCK_REALTIME)
        message.connection, message.source = connection, source
        self._note("<<", source, data)
        with self._arrived:
            self.received.append(message)
            identity = str(message.identity())
            if identity in self._seen:
                self.retransmissions += 1
            else:
                self._seen.add(identity)
                self._inbox.append(message)
                self._arrived.notify_all()

    def _note(self, sign, remote, data):
        if self._log is None:
            return
        stamp = f"{time.time():.4f}"
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        self._log.write(f"{stamp} {self.address}:{self.port} {sign} {remote[0]}:{remote[1]}\n{text}\n")
        self._log.flush()

    def expect(self, wanted, timeout=3.0, what="a message"):
        """Takes the first waiting message for which `wanted` holds; the others stay."""
        seconds = patience.real(timeout)
        message = self.take(wanted, seconds)
        if message is None:
            with self._arrived:
                waiting = ", ".join(map(str, self._inbox)) or "nothing"
            raise Failure(f"{self.address}:{self.port} waited {seconds} s for {what}; had {waiting}")
        return message

    def take(self, wanted, seconds):
        """The same, or None when nothing has come in this time."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                for message in self._inbox:
                    if wanted(message):
                        self._inbox.remove(message)
                        return message
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._arrived.wait(left)

    def expect_none(self, wanted, seconds, what):
        """For this time, from now, no such message comes."""
        message = self.take(wanted, seconds)
        if message is not None:
            raise Failure(f"{self.address}:{self.port} got {message}, which must not come: {what}")
