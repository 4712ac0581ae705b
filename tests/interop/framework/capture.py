"""Packets on loopback as tcpdump saw them, for peers whose sockets are not ours."""
import os
import struct

from framework import g711, spectrum
from framework.failure import Skip
from framework.process import Process, wait_until

_RECORD = struct.Struct("<IIII")
_ETHERNET, _IP4, _UDP, _RTP = 14, 20, 8, 12


class Capture:
    """From construction to end(). Needs root."""

    def __init__(self, stage, name, expression):
        if os.geteuid() != 0:
            raise Skip("capturing packets needs root")
        self._path = stage.path(f"{name}.pcap")
        self._process = Process(["tcpdump", "-i", "lo", "-n", "-U", "--immediate-mode", "-Z", "root", "-B", "65536",
                                 "--time-stamp-precision=nano", "-w", self._path, expression], stage.folder, name)
        stage.keep(self)
        wait_until(lambda: "listening on" in self._process.output(), 5, "tcpdump listens")

    def close(self):
        self._process.end()

    def udp(self):
        """(nanoseconds, (source address, port), (destination address, port), payload), IPv4 only."""
        self.close()
        with open(self._path, "rb") as source:
            data = source.read()
        at = 24
        while at + _RECORD.size <= len(data):
            seconds, nanoseconds, length, _ = _RECORD.unpack_from(data, at)
            frame = data[at + _RECORD.size:at + _RECORD.size + length]
            at += _RECORD.size + length
            addresses = [".".join(map(str, frame[offset:offset + 4])) for offset in (26, 30)]
            ports = struct.unpack_from("!HH", frame, _ETHERNET + _IP4)
            yield (seconds * 1_000_000_000 + nanoseconds, (addresses[0], ports[0]), (addresses[1], ports[1]),
                   frame[_ETHERNET + _IP4 + _UDP:])

    def heard(self, opened=lambda packet: packet):
        """spectrum.classify of each G.711 packet, in order of arrival. `opened`: it in the clear, or None."""
        packets = (opened(payload) for _, _, _, payload in self.udp()
                   if len(payload) > _RTP and payload[0] >> 6 == 2 and payload[1] & 0x7F in (0, 8))
        return [spectrum.classify(g711.decode(packet[1] & 0x7F, packet[_RTP:])) for packet in packets if packet]
