"""An RTP endpoint: says a tone or nothing every 20 ms, keeps what it receives with the kernel's time of arrival."""
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass
from functools import cached_property

from framework import g711, patience, spectrum
from framework.addresses import family_of, free_port
from framework.failure import Failure, expect

SO_TIMESTAMPNS = 35  # Linux: the time at which the kernel took the packet in, CLOCK_REALTIME
FRAME_SECONDS = 0.02
HEARING_SECONDS = 3.0  # beyond its own length, for sound to come
LATE_SECONDS = 0.1     # of one packet against another
_HEADER = struct.Struct("!BBHII")
_TIMESPEC = struct.Struct("qq")


@dataclass
class Packet:
    arrival: int  # nanoseconds, CLOCK_REALTIME
    source: tuple
    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes

    @cached_property
    def label(self):
        """What is to be heard in it: see spectrum.classify."""
        return spectrum.classify(g711.decode(self.payload_type, self.payload))


def now():
    """On the clock of Packet.arrival."""
    return time.clock_gettime_ns(time.CLOCK_REALTIME)


class RtpPeer:
    def __init__(self, address):
        self.address = address
        self.port = free_port(address, even=True)
        self._socket = self._bound(self.port)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._rtcp = self._bound(self.port + 1)
        self.remote = None
        self.payload_type = 0
        self.packets = []
        self.sent = []  # when each packet of ours left, on the clock of now()
        self._said = None  # a source of spectrum.SOURCES
        self._frames = {}
        self._arrived = threading.Condition()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in (self._receive, self._send)]
        for thread in self._threads:
            thread.start()

    def _bound(self, port):
        bound = socket.socket(family_of(self.address), socket.SOCK_DGRAM)
        bound.bind((self.address, port))
        bound.settimeout(0.1)
        return bound

    def close(self):
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()
        self._rtcp.close()

    # Saying

    def say(self, source):
        """From the next frame on; None: nothing is sent."""
        self._said = source

    def send_to(self, remote, payload_type=0):
        self.remote, self.payload_type = remote, payload_type

    def _frame(self, source, payload_type):
        key = source, payload_type
        if key not in self._frames:
            samples = [0] * spectrum.FRAME if source == "silence" else spectrum.tone(spectrum.SOURCES[source])
            self._frames[key] = g711.encode(payload_type, samples)
        return self._frames[key]

    def _send(self):
        sequence, timestamp, ssrc = random.getrandbits(16), random.getrandbits(32), random.getrandbits(32)
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due += FRAME_SECONDS
            remote, source, payload_type = self.remote, self._said, self.payload_type
            timestamp = (timestamp + spectrum.FRAME) & 0xFFFFFFFF
            if remote is None or source is None:
                continue
            sequence = (sequence + 1) & 0xFFFF
            header = _HEADER.pack(0x80, payload_type, sequence, timestamp, ssrc)
            self.sent.append(now())
            try:
                self._socket.sendto(header + self._frame(source, payload_type), remote)
            except OSError:
                pass  # nobody there any more: an ICMP answer to an earlier packet

    # Hearing

    def _receive(self):
        while not self._ended.is_set():
            try:
                data, ancillary, _, source = self._socket.recvmsg(2048, 64)
            except OSError:
                continue
            if len(data) < _HEADER.size or data[0] >> 6 != 2:
                continue
            arrival = now()
            for level, kind, value in ancillary:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    seconds, nanoseconds = _TIMESPEC.unpack(value[:_TIMESPEC.size])
                    arrival = seconds * 1_000_000_000 + nanoseconds
            first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
            body = _HEADER.size + 4 * (first & 0x0F)
            packet = Packet(arrival, source[:2], second & 0x7F, bool(second & 0x80), sequence, timestamp, ssrc,
                            data[body:])
            with self._arrived:
                self.packets.append(packet)
                self._arrived.notify_all()

    def since(self, moment, until=None):
        with self._arrived:
            return [packet for packet in self.packets
                    if packet.arrival >= moment and (until is None or packet.arrival < until)]

    def wait_heard(self, label, frames=5, timeout=3.0, since=None):
        """Waits until `frames` packets in a row carry the label; returns the first of them."""
        since = now() if since is None else since
        seconds = patience.real(timeout)
        deadline = time.monotonic() + seconds
        run, seen, index = [], [], 0
        with self._arrived:
            while True:
                while index < len(self.packets):
                    packet = self.packets[index]
                    index += 1
                    if packet.arrival < since:
                        continue
                    seen.append(packet.label)
                    run = run + [packet] if seen[-1] == label else []
                    if len(run) == frames:
                        return run[0]
                if not self._arrived.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                    raise Failure(f"{self.address} did not hear {label} within {seconds} s, but {summary(seen)}")

    def listen(self, seconds):
        """What comes in during this time from now."""
        start = now()
        self._ended.wait(seconds)
        return self.since(start)

    def hear_all(self, seconds):
        """The packets of this length of sound from now, by their timestamps, however late we come to read them. It has to come
        in real time, by the kernel's clock. What a server that was not let run had to leave out is missing: not much."""
        start, wanted = now(), seconds - FRAME_SECONDS
        deadline = time.monotonic() + patience.real(seconds + HEARING_SECONDS)
        packets = []
        with self._arrived:
            while not packets or span(packets) < wanted:
                if not self._arrived.wait(max(0.0, deadline - time.monotonic())):
                    raise Failure(f"{self.address} should hear {seconds} s of sound: {len(packets)} packets came")
                packets = [packet for packet in self.packets if packet.arrival >= start]
        took = (packets[-1].arrival - packets[0].arrival) / 1e9
        expect(abs(took - span(packets)) < patience.real(LATE_SECONDS),
               f"{self.address} should hear it in real time: {span(packets):.3f} s of sound took {took:.3f} s")
        expect(len(packets) * FRAME_SECONDS > 0.8 * seconds / patience.FACTOR - FRAME_SECONDS,
               f"{self.address} should hear something all the time: {len(packets)} packets in {seconds} s")
        return packets

    def expect_only(self, label, seconds=0.4):
        """For this time, now: nothing but the label, without a gap (`silence`: silent packets or none at all)."""
        packets = self.listen(seconds) if label == "silence" else self.hear_all(seconds)
        labels = [packet.label for packet in packets]
        expect(all(each == label for each in labels), f"{self.address} should hear {label} only: {summary(labels)}")
        return packets

    def expect_quiet(self, seconds=0.3, timeout=3.0):
        """Soon, and then for this time, nothing comes any more."""
        deadline = time.monotonic() + patience.real(timeout)
        while packets := self.listen(seconds):
            expect(time.monotonic() < deadline,
                   f"{self.address} should hear nothing: {summary(packet.label for packet in packets)}")

    def longest_pause(self, since):
        """Seconds between two packets that we sent after this moment: more than a frame where we were not let run."""
        sent = [since, *(moment for moment in list(self.sent) if moment >= since), now()]
        return max(after - before for before, after in zip(sent, sent[1:])) / 1e9


def span(packets):
    """Seconds from the first to the last by their timestamps."""
    return ((packets[-1].timestamp - packets[0].timestamp) & 0xFFFFFFFF) / spectrum.RATE


def unbroken(packets):
    """The packets in stretches in which each is the next frame."""
    stretches = []
    for packet in packets:
        if stretches and packet.timestamp == (stretches[-1][-1].timestamp + spectrum.FRAME) & 0xFFFFFFFF:
            stretches[-1].append(packet)
        else:
            stretches.append([packet])
    return stretches


def runs_of(labels, minimum=10):
    """The sources heard for at least `minimum` frames together, in order."""
    runs, count = [], 0
    for index, label in enumerate(labels):
        count = count + 1 if index and labels[index - 1] == label else 1
        if count == minimum and runs[-1:] != [label]:
            runs.append(label)
    return runs


def summary(labels):
    """Labels in order, runs folded: «5 a, 2 silence, 9 music»."""
    runs = []
    for label in labels:
        if runs and runs[-1][1] == label:
            runs[-1][0] += 1
        else:
            runs.append([1, label])
    return ", ".join(f"{count} {label}" for count, label in runs) or "nothing"


def expect_seamless(packets, what):
    """One source to the ear: SSRC and sequence go on, timestamps never go back (RFC 3550 §5.1)."""
    expect(len({packet.ssrc for packet in packets}) == 1, f"{what}: the SSRC changed")
    for before, after in zip(packets, packets[1:]):
        step = (after.sequence - before.sequence) & 0xFFFF
        expect(step == 1, f"{what}: sequence {before.sequence} was followed by {after.sequence}")
        advance = (after.timestamp - before.timestamp) & 0xFFFFFFFF
        expect(0 < advance < spectrum.RATE * 60,
               f"{what}: timestamp {before.timestamp} was followed by {after.timestamp}")
