"""Whole messages of calls: as pcapng that tshark dissects, in the ladder of the API, and as HEPv3 for Homer."""
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time

from cases.baresip_peers import connected
from cases.explanations import ask
from cases.secure_signalling import tls_phones
from cases.users import PASSWORD, call, office, register
from framework import patience
from framework.baresip import RTP_PORTS
from framework.case import case
from framework.failure import Failure, expect, expect_equal
from framework.phone import establish, hang_up, relayed_reinvite
from framework.process import wait_until

SET_UP = ["INVITE", "INVITE", "200", "ACK", "200", "ACK"]  # without 100


def written(stage, call_id, *options):
    """The file that `holdfast pcap` makes of the call."""
    path = stage.path(f"{call_id}.pcapng")
    status, _, complaint = ask(stage, "pcap", call_id, "-o", path, *options)
    expect_equal((status, complaint), (0, ""), "what holdfast pcap says")
    return path


def dissected(path, *fields, only="sip"):
    """Of each packet that is `only`, these fields as tshark reads them; every checksum is looked at. Ports of the tests may be those
    of any other protocol: what a packet looks like comes first."""
    expect(shutil.which("tshark"), "tshark is needed: package tshark")
    wishes = ("ip.check_checksum", "udp.check_checksum", "udp.try_heuristic_first")
    checks = [option for wish in wishes for option in ("-o", f"{wish}:TRUE")]
    wanted = [option for field in fields for option in ("-e", field)]
    done = subprocess.run(["tshark", "-r", path, *checks, "-Y", only, "-T", "fields", "-E", "occurrence=f", *wanted],
                          capture_output=True, text=True, timeout=patience.real(60), check=False)
    expect_equal(done.returncode, 0, f"exit status of tshark: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def told(path):
    """Methods and status codes in order."""
    return [method or code for method, code in dissected(path, "sip.Method", "sip.Status-Code")]


def expect_sound(path):
    """No packet but SIP, and each checksum right."""
    packets = dissected(path, "frame.number", only="frame")
    expect_equal(len(dissected(path, "frame.number")), len(packets), "packets that tshark knows for SIP")
    wrong = dissected(path, "frame.number", only="udp.checksum.status != 1 || (ip && ip.checksum.status != 1)")
    expect_equal(wrong, [], "packets whose checksums are wrong")


def bytes_of(path):
    with open(path, "rb") as source:
        return source.read()


@case
def pcap_of_a_call(stage):
    """`holdfast pcap` of a call with a hold: every message of both legs in order, its SDP readable; still there when it is over."""
    a, b = stage.phones()
    establish(a, b)
    call_id = stage.server.calls()[0]["id"]
    path = written(stage, call_id)
    expect_sound(path)
    messages = told(path)
    expect_equal([each for each in messages if each != "100"], SET_UP, "the set-up")
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    hang_up(a, b)
    stage.server.expect_no_calls()
    path = written(stage, call_id)
    expect_sound(path)
    messages = told(path)
    expect_equal((messages.count("INVITE"), messages.count("BYE")), (4, 2), "requests of both legs")
    rows = dissected(path, "sip.Call-ID", "sdp.media", "sdp.media_attr", only="sdp")
    expect_equal(len({row[0] for row in rows}), 2, "dialogs with descriptions")
    expect(all(row[1].startswith("audio ") for row in rows), f"their media: {rows}")
    addresses = {row[0] for row in dissected(path, "ip.src")} | {row[0] for row in dissected(path, "ip.dst")}
    expect_equal(addresses, {stage.plan.server, stage.plan.a, stage.plan.b}, "addresses")
    expect_equal(ask(stage, "pcap", "never-was", "-o", stage.path("none"))[0], 1, "exit status for a call that is not known")
    expect(not os.path.exists(stage.path("none")), "no file of a call that is not known")


@case
def pcap_of_tls(stage):
    """Under TLS each message is readable all the same, a comment says what it was, and keys of SRTP are written over."""
    _, a, b = tls_phones(stage)
    establish(a, b)
    call_id = stage.server.calls()[0]["id"]
    path = written(stage, call_id)
    expect_sound(path)
    expect_equal([each for each in told(path) if each != "100"], SET_UP, "the set-up")
    expect_equal({row[0] for row in dissected(path, "frame.comment")}, {"TLS"}, "comments")
    hang_up(a, b)


@case
def capture_without_secrets(stage):
    """Of users who prove their passwords and describe keys, neither credentials nor keys are in the file or in the ladder."""
    office(stage, "alice", "bob")
    a, b = stage.phone("a"), stage.phone("b")
    for phone, user in ((a, "alice"), (b, "bob")):
        expect_equal(register(phone, user).status, 200, f"the status of {user}'s REGISTER")
    call(a, b, "alice", "bob")
    call_id = stage.server.calls()[0]["id"]
    data = bytes_of(written(stage, call_id))
    status, body, _ = stage.server.get(f"/api/v1/calls/{call_id}/ladder?messages=true")
    expect_equal(status, 200, "the status of the ladder")
    for shown in (data, body.encode()):
        proofs = re.findall(rb'\b(response|c?nonce)=\\?"([^"\\]*)', shown)
        expect({name for name, _ in proofs} >= {b"response", b"nonce"}, f"there are credentials: {proofs}")
        expect(all(set(value) == {ord("*")} for _, value in proofs), f"all of them are written over: {proofs}")
    expect(b'username="alice"' in data, "who it was stays readable")
    expect(PASSWORD.encode() not in data, "the password")
    hang_up(a, b)


@case
def ladder_with_messages(stage):
    """`ladder?messages=true` has the whole message of each entry; without, and with anything else, it has not."""
    a, b = stage.phones()
    establish(a, b)
    call_id = stage.server.calls()[0]["id"]
    path = f"/api/v1/calls/{call_id}/ladder"
    entries = json.loads(stage.server.get(f"{path}?messages=true")[1])["entries"]
    messages = [entry for entry in entries if entry["kind"] == "message"]
    for entry in messages:
        expect(entry["message"].split("\r\n")[0].find(entry["text"]) >= 0, f"the message of {entry['text']}: {entry}")
        expect(f"CSeq: {entry['cseq']}\r\n" in entry["message"], f"its CSeq: {entry}")
    expect_equal(sum("\r\n\r\nv=0\r\n" in entry["message"] for entry in messages), 4, "descriptions")
    expect("message" not in json.loads(stage.server.get(path)[1])["entries"][0], "none unless asked for")
    expect_equal(stage.server.get(f"{path}?messages=maybe")[0], 400, "the status of what is neither true nor false")
    hang_up(a, b)


class Homer:
    """Takes HEPv3 datagrams and reads them by the specification."""

    def __init__(self, address):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(patience.real(0.2))
        self.target = "udp://{}:{}".format(*self._socket.getsockname())
        self.packets = []

    def close(self):
        self._socket.close()

    def read(self):
        """All packets so far, each as chunk type → bytes."""
        while True:
            try:
                self.packets.append(self._decode(self._socket.recv(65535)))
            except TimeoutError:
                return self.packets

    @staticmethod
    def _decode(data):
        if data[:4] != b"HEP3" or struct.unpack_from("!H", data, 4)[0] != len(data):
            raise Failure(f"no HEPv3 packet: {data[:20]!r}")
        chunks, at = {}, 6
        while at < len(data):
            vendor, kind, size = struct.unpack_from("!HHH", data, at)
            expect(vendor == 0 and size >= 6 and at + size <= len(data), f"a chunk at {at} of {data!r}")
            chunks[kind] = data[at + 6:at + size]
            at += size
        return chunks


def sip_in(packets):
    return [packet for packet in packets if packet[11] == b"\x01"]


@case
def hep_to_homer(stage):
    """Each message of a call arrives once for each time that it was on the wire, under the call's id on both legs; a reload moves
    the target; where nobody listens, calls go on."""
    homer = stage.keep(Homer(stage.plan.server))
    a, b = stage.phones(hep={"target": homer.target, "id": 77})
    establish(a, b)
    call_id = stage.server.calls()[0]["id"]
    hang_up(a, b)
    stage.server.expect_no_calls()
    wait_until(lambda: sum(packet[15].startswith(b"SIP/2.0 200") and b" BYE\r\n" in packet[15] for packet in sip_in(homer.read())) == 2,
               5, lambda: f"both BYEs are answered: {[packet[15][:20] for packet in homer.packets]}")
    packets = sip_in(homer.packets)
    requests = [packet[15].split()[0] for packet in packets]
    expect_equal((requests.count(b"INVITE"), requests.count(b"ACK"), requests.count(b"BYE")), (2, 2, 2), "requests")
    for packet in packets:
        expect_equal((packet[1], packet[2], packet[12], packet[17].decode()), (b"\x02", b"\x11", struct.pack("!I", 77), call_id),
                     "family, protocol, agent, correlation")
        seconds = struct.unpack("!I", packet[9])[0]
        expect(abs(time.time() - seconds) < 120, f"its time: {seconds}")
    first = packets[0]
    expect_equal((socket.inet_ntoa(first[3]), socket.inet_ntoa(first[4]), struct.unpack("!H", first[8])[0]),
                 (stage.plan.a, stage.plan.server, stage.plan.port), "from where to where the INVITE of A went")
    expect(stage.server.metric("holdfast_hep_packets_total", outcome="sent") >= len(packets), "packets counted")

    other = Homer(stage.plan.server)
    stage.server.write_config({**stage.server.config, "hep": {"target": other.target}})
    expect_equal(stage.server.request("POST", "/api/v1/reload")[0], 200, "the status of the reload")
    before = len(homer.read())
    establish(a, b)
    wait_until(lambda: len(sip_in(other.read())) >= len(SET_UP), 5, "the other Homer has the messages of the second call")
    expect_equal(len(homer.read()), before, "packets to the first one")
    other.close()
    hang_up(a, b)
    establish(a, b)
    hang_up(a, b)
    stage.server.expect_no_calls()
    wait_until(lambda: stage.server.metric("holdfast_hep_packets_total", outcome="failed") > 0, 5, "failures are counted")


def rtp_in(path, *fields):
    return dissected(path, "ip.src", "udp.srcport", *fields, only="rtp")


@case
def pcap_with_rtp(stage):
    """`--rtp` adds the RTP of both legs, both ways, as it passes: four streams beside the call's SIP, in the order of time."""
    a, b = stage.phones()
    establish(a, b)
    call_id = stage.server.calls()[0]["id"]
    path = written(stage, call_id, "--rtp", "1")
    packets = rtp_in(path, "udp.dstport")
    streams = {tuple(row) for row in packets}
    expect_equal(len(streams), 4, f"streams: {streams}")
    for stream in streams:
        count = packets.count(list(stream))
        expect(30 <= count <= 60, f"{count} packets of a second in stream {stream}")
    expect_equal(told(path)[:1], ["INVITE"], "SIP comes first")
    times = [float(row[0]) for row in dissected(path, "frame.time_epoch", only="frame")]
    expect_equal(times, sorted(times), "the order of time")
    hang_up(a, b)
    stage.server.expect_no_calls()
    status, _, complaint = ask(stage, "pcap", call_id, "-o", path, "--rtp", "1")
    expect_equal(status, 1, "exit status for the RTP of a call that is over")
    expect("no such live call" in complaint, complaint)


def lengths_of_a(path):
    """Of UDP, of what A and the server send each other."""
    first, last = RTP_PORTS["a"]
    return {int(row[3]) for row in rtp_in(path, "udp.dstport", "udp.length")
            if any(first <= int(port) <= last for port in row[1:3])}


@case
def pcap_of_srtp(stage):
    """SRTP is shown as it is, with its tag of ten bytes; where `capture.decrypt` says so, what is inside."""
    clear = 8 + 12 + 160
    connected(stage, srtp_a="srtp-mand")
    call_id = stage.server.calls()[0]["id"]
    expect_equal(lengths_of_a(written(stage, call_id, "--rtp", "1")), {clear + 10}, "lengths on the wire")
    stage.server.write_config({**stage.server.config, "capture": {"decrypt": True}})
    expect_equal(stage.server.request("POST", "/api/v1/reload")[0], 200, "the status of the reload")
    expect_equal(lengths_of_a(written(stage, call_id, "--rtp", "1")), {clear}, "lengths of what is inside")
    stage.server.hang_up_all()
    stage.server.expect_no_calls()


@case
def hep_reports(stage):
    """RTCP of both legs arrives as JSON under the call's id: what a peer sends, and what the server sends."""
    homer = stage.keep(Homer(stage.plan.server))
    a, b = stage.phones(hep={"target": homer.target})
    establish(a, b)
    call_id = stage.server.calls()[0]["id"]
    reports = lambda: [packet for packet in homer.read() if packet[11] == b"\x05"]
    wait_until(lambda: len({packet[7] for packet in reports()}) >= 2, 15, "a report to each leg")
    for packet in reports():
        report = json.loads(packet[15])
        expect_equal((packet[17].decode(), report["type"] in (200, 201)), (call_id, True), "call and type")
        expect(report["report_count"] == len(report["report_blocks"]), f"its blocks: {report}")
    expect(any(json.loads(packet[15]).get("sender_information", {}).get("packets", 0) > 0 for packet in reports()),
           "a sender report with its packets")
    hang_up(a, b)
