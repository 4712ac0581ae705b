"""Many users at once, each registered over a WebSocket of its own; one loop reads and writes for all of them."""
import selectors
import socket
import ssl
import time

from framework import patience
from framework.digest import credentials
from framework.failure import Failure, expect_equal
from framework.message import Message
from framework.websocket import WebSocket

ANSWER_SECONDS = 5
EXPIRES = 3600


def connect(at):
    """As a browser does: nothing that is written waits for an acknowledgement."""
    connection = socket.create_connection(at)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Registration:
    """`connection` is a socket; each refresh is two requests, since SIP.js waits for its challenge each time."""

    def __init__(self, connection, host, user, password):
        self._websocket = WebSocket(connection, host)
        self._websocket.settimeout(0)
        self._host, self._user, self._password, self._cseq = host, user, password, 0
        self.asked = None  # since when an answer is waited for

    def fileno(self):
        return self._websocket.fileno()

    def close(self):
        self._websocket.close()

    def refresh(self):
        self.asked = time.monotonic()
        self._ask([])

    def _ask(self, extra):
        self._cseq += 1
        me = f"<sip:{self._user}@{self._host}>"
        self._websocket.sendall(Message(f"REGISTER sip:{self._host} SIP/2.0", [
            ("Via", f"SIP/2.0/WSS {self._user}.invalid;branch=z9hG4bK{self._user}x{self._cseq}"), ("Max-Forwards", "70"),
            ("From", f"{me};tag={self._user}"), ("To", me), ("Call-ID", self._user), ("CSeq", f"{self._cseq} REGISTER"),
            ("Contact", f"<sip:{self._user}@{self._user}.invalid;transport=ws>"), ("Expires", str(EXPIRES)),
            *extra]).bytes())

    def take(self):
        """Seconds that a refresh took, if this is its end."""
        data = self._websocket.recv(65535)
        if not data:
            raise Failure(f"the WebSocket of {self._user} is closed")
        response = Message.parse(data)
        if response.status == 401:
            self._ask([credentials(response, "REGISTER", f"sip:{self._host}", self._user, self._password)])
            return None
        expect_equal(response.status, 200, f"the status of a REGISTER of {self._user}")
        return time.monotonic() - self.asked


class Registrations:
    """`users`: names, all with one password."""

    def __init__(self, context, at, users, password):
        self._selector, self._all = selectors.DefaultSelector(), []
        for user in users:
            connection = context.wrap_socket(connect(at), server_hostname=at[0])
            registration = Registration(connection, f"{at[0]}:{at[1]}", user, password)
            self._all.append(registration)
            self._selector.register(registration, selectors.EVENT_READ)
            registration.refresh()
            self._gather(1)

    def close(self):
        for registration in self._all:
            registration.close()

    def storm(self, rate, seconds):
        """Seconds of each refresh, `rate` of them begun a second, whether the ones before are answered or not."""
        began, sent, total, took = time.monotonic(), 0, rate * seconds, []
        while sent < total:
            while sent < min(total, (time.monotonic() - began) * rate):
                self._all[sent % len(self._all)].refresh()
                sent += 1
            took += self._read(0.001)
        return took + self._gather(total - len(took))

    def _gather(self, count):
        took, last = [], time.monotonic() + patience.real(ANSWER_SECONDS)
        while len(took) < count:
            took += self._read(0.1)
            if time.monotonic() > last:
                raise Failure(f"{count - len(took)} of {count} refreshes have no answer")
        return took

    def _read(self, timeout):
        return [took for key, _ in self._selector.select(timeout) for took in self._take(key.fileobj) if took is not None]

    @staticmethod
    def _take(registration):
        """Of all messages that are there: TLS may have read more than one."""
        try:
            while True:
                yield registration.take()
        except ssl.SSLWantReadError:
            return
