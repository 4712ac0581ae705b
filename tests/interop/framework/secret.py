"""How an agent speaks TLS."""
import select
import socket
import ssl
import threading

from framework import patience

HANDSHAKE_SECONDS = 3


class Secret:
    """`identity` (certificate, key) is shown to clients, and with `shows` to servers as well; `believed`: the authority of
    servers that are connected to, None: whoever answers."""

    def __init__(self, identity, believed=None, shows=True):
        self.server_names = []  # that clients asked for (SNI)
        self._serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._serving.load_cert_chain(*identity)
        self._serving.sni_callback = lambda _, name, __: self.server_names.append(name)
        self._connecting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._connecting.check_hostname = False
        self._connecting.verify_mode = ssl.CERT_REQUIRED if believed else ssl.CERT_NONE
        if believed:
            self._connecting.load_verify_locations(believed)
        if shows:
            self._connecting.load_cert_chain(*identity)

    def accept(self, connection):
        connection.settimeout(patience.real(HANDSHAKE_SECONDS))
        return SecretConnection(self._serving.wrap_socket(connection, server_side=True))

    def connect(self, connection):
        connection.settimeout(patience.real(HANDSHAKE_SECONDS))
        return SecretConnection(self._connecting.wrap_socket(connection))


class SecretConnection:
    """What an agent asks of a socket: one thread reads while others write, which TLS alone does not allow."""

    def __init__(self, tls):
        self._tls, self._turn, self._timeout = tls, threading.Lock(), HANDSHAKE_SECONDS

    def settimeout(self, seconds):
        self._timeout = seconds

    def certificate(self):
        """Of the other side, as DER."""
        return self._tls.getpeercert(binary_form=True)

    def recv(self, size):
        if not self._tls.pending() and not select.select([self._tls], [], [], self._timeout)[0]:
            raise TimeoutError
        with self._turn:
            self._tls.settimeout(0)
            try:
                return self._tls.recv(size)
            except ssl.SSLWantReadError as later:
                raise TimeoutError from later

    def sendall(self, data):
        with self._turn:
            self._tls.settimeout(patience.real(HANDSHAKE_SECONDS))
            self._tls.sendall(data)

    def shutdown(self, how=socket.SHUT_RDWR):
        self._tls.shutdown(how)

    def close(self):
        self._tls.close()
