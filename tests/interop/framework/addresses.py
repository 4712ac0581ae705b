"""Addresses and ports of one case.

All of 127.0.0.0/8 is loopback, so each case takes a /24 of its own and its peers never meet those of another case. A
case holds its /24 by a bound socket. IPv6 has only ::1: there the ports are asked of the kernel.
"""
import random
import socket

_GUARD_PORT = 9  # discard: nobody listens there
_given = set()  # (address, port): what was given once may not be bound yet


class Network:
    """127.x.y.0/24, ours until close()."""

    def __init__(self):
        while True:
            self._prefix = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}"
            self._guard = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                self._guard.bind((self.host(254), _GUARD_PORT))
                return
            except PermissionError:
                self._guard.bind((self.host(254), 49999))
                return
            except OSError:
                self._guard.close()

    def host(self, number):
        return f"{self._prefix}.{number}"

    def close(self):
        self._guard.close()


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def free_port(address, even=False):
    """A port free for UDP and TCP alike at the moment of asking, and never the same twice; with `even`, the next one up is
    free as well."""
    for _ in range(200):
        port = random.randrange(10000, 19998, 2)
        if (address, port) in _given:
            continue
        if all(_is_free(address, number) for number in ((port, port + 1) if even else (port,))):
            _given.add((address, port))
            return port
    raise OSError(f"no free port on {address}")


def _is_free(address, port):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family_of(address), kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def bracketed(address):
    """As it stands in a URI."""
    return f"[{address}]" if ":" in address else address
