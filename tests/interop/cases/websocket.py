"""SIP over WebSocket (RFC 7118): phones that know no address of their own, and what strangers say to the port."""
import signal
import socket

from cases.secure_signalling import Secrets
from framework import patience
from framework.addresses import free_port
from framework.case import case
from framework.dialog import Dialog
from framework.failure import expect, expect_equal
from framework.message import uri_of
from framework.phone import establish, expect_talk, hang_up, relayed_reinvite
from framework.process import wait_until
from framework.server import sip_uri
from framework.websocket import CLOSE, TEXT, WebSocket, frame, upgrade_request


class Sockets:
    """Where the server listens for WebSockets beside UDP, and phones that come there."""

    def __init__(self, stage):
        self.stage, self.plan = stage, stage.plan
        self.port = free_port(self.plan.server)
        self.at = (self.plan.server, self.port)
        self.host = f"{self.plan.server}:{self.port}"

    def sip(self, **more):
        return {"listen": [f"udp://{self.plan.server}:{self.plan.port}", f"ws://{self.host}"], **more}

    def phone(self, name="a"):
        return self.stage.phone(name, transport="ws", server=self.at)

    def connect(self):
        connection = socket.create_connection(self.at, timeout=patience.real(3))
        return self.stage.keep(connection)

    def answer_to(self, request):
        """All that an HTTP client is told."""
        connection, answer = self.connect(), b""
        connection.sendall(request)
        while data := connection.recv(65535):
            answer += data
        return answer.decode("latin-1")


def between(stage, **sip):
    """The server between a phone on a WebSocket and one on UDP, with the test's music: (sockets, a, b)"""
    sockets = Sockets(stage)
    b = stage.phone("b")
    stage.serve(sip_uri(stage.plan.b, b.agent.port), hold={"music": stage.music_file()}, sip=sockets.sip(**sip))
    return sockets, sockets.phone(), b


def expect_a_browsers(message, via):
    """What phones in browsers need of every message."""
    head = message.raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    names = [line.partition(":")[0].lower() for line in head]
    expect("content-length" in names, f"Content-Length: {message.raw}")
    expect(all(len(name) > 1 for name in names), f"long names: {names}")
    expect_equal(len(message.all("via")), 1, "one Via")
    if message.is_response:
        expect(message.get("via").startswith(via), f"our Via, sent-by and branch: {message.get('via')}")
    else:
        expect(message.get("via").startswith(via.split(" ")[0] + " "), f"the transport of its Via: {message.get('via')}")


@case
def ws_options(stage):
    """OPTIONS over a WebSocket: a text frame back, with exactly one Via whose sent-by is as it was."""
    sockets, a, _ = between(stage)
    a.dialog = Dialog.to(a.agent, sockets.at, "4930123")
    options = a.dialog.send("OPTIONS")
    response = a.dialog.expect_status(options, 200)
    expect_a_browsers(response, f"SIP/2.0/WS {a.agent.host};branch={options.branch}")
    expect_equal(response.connection.opcodes, [TEXT], "frames of text")
    expect("Sec-WebSocket-Protocol: sip" in response.connection.response, response.connection.response)


@case
def ws_call(stage):
    """A call from a WebSocket to UDP with a hold and its music; B hangs up, over A's own connection."""
    _, a, b = between(stage)
    establish(a, b)
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    b.hear("music")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    expect_talk(a, b)
    relayed_reinvite(b, a, b.description("sendonly"), "recvonly")
    relayed_reinvite(b, a, b.description("sendrecv"), "sendrecv")
    expect_equal(stage.server.metric("holdfast_sip_connections", transport="ws"), 1, "WebSockets")
    expect(b"ws" not in b.dialog.invite.get("via").lower().encode(), f"nothing of it on leg b: {b.dialog.invite}")
    hang_up(b, a)
    for message in a.agent.received:
        expect_a_browsers(message, f"SIP/2.0/WS {a.agent.host};")
        contact = message.get("contact")
        expect(contact is None or uri_of(contact).endswith(";transport=ws"), f"Contact: {contact}")
    expect_equal(a.agent.connections, 1, "connections of the phone")


@case
def wss_call(stage):
    """The same under TLS, with the certificate of sip.tls."""
    secrets = Secrets(stage)
    listen = [f"udp://{stage.plan.server}:{stage.plan.port}", f"wss://{stage.plan.server}:{secrets.port}"]
    b = stage.phone("b")
    stage.serve(sip_uri(stage.plan.b, b.agent.port), hold={"music": stage.music_file()},
                sip={**secrets.sip(), "listen": listen})
    a = stage.phone("a", transport="wss", secret=secrets.of("phone-a", "DNS:a.example.com"),
                    server=(stage.plan.server, secrets.port))
    establish(a, b)
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    b.hear("music")
    expect_equal(stage.server.metric("holdfast_sip_connections", transport="wss"), 1, "secure WebSockets")
    for message in a.agent.received:
        expect_a_browsers(message, f"SIP/2.0/WSS {a.agent.host};")
        contact = message.get("contact")
        expect(contact is None or uri_of(contact).endswith(";transport=ws"), f"one name for both: {contact}")
    hang_up(b, a)


@case
def ws_lost(stage):
    """A's WebSocket is gone: B hangs up, and nothing is left of the call, for A cannot be told."""
    _, a, b = between(stage)
    establish(a, b)
    a.agent.lose_connections()
    wait_until(lambda: stage.server.metric("holdfast_sip_connections", transport="ws") == 0, 3, "the connection is lost")
    bye = b.dialog.send("BYE")
    b.dialog.expect_status(bye, 200)
    stage.server.expect_no_calls()
    expect(stage.server.metric("holdfast_sip_dropped_total", reason="no_connection") >= 1, "counted")


@case
def ws_strangers(stage):
    """Who is told in HTTP why there is no WebSocket, who by a code why it is over; a reload lets any page in."""
    sockets, _, _ = between(stage, allow_origins=["https://phone.example.com"])
    expect(sockets.answer_to(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith("HTTP/1.1 426 "), "what is here")
    foreign = upgrade_request(sockets.host, origin="https://evil.example.com")
    expect(sockets.answer_to(foreign).startswith("HTTP/1.1 403 "), "a foreign page")
    expect(sockets.answer_to(upgrade_request(sockets.host, subprotocol="xmpp")).startswith("HTTP/1.1 400 "), "no SIP")
    expect(sockets.answer_to(b"\x16\x03\x01" * 100 + b"\r\n\r\n").startswith("HTTP/1.1 400 "), "a hello of TLS")
    WebSocket(sockets.connect(), sockets.host, origin="https://phone.example.com")
    expect_equal(stage.server.metric("holdfast_sip_dropped_total", reason="websocket_refused"), 4, "refused")
    for reason, words, code in (("websocket_too_big", b"\x82\xff" + b"\xff" * 8 + b"\0\0\0\0", 1009),
                                ("websocket_protocol", b"\x81\x01x", 1002),
                                ("websocket_protocol", frame(b"\xff"), 1007)):
        before = stage.server.metric("holdfast_sip_dropped_total", reason=reason)
        raw = sockets.connect()
        WebSocket(raw, sockets.host)
        raw.sendall(words)
        answer = b""
        while data := raw.recv(65535):
            answer += data
        expect_equal((answer[0] & 0x0f, int.from_bytes(answer[2:4], "big")), (CLOSE, code), f"told of {reason}")
        expect_equal(stage.server.metric("holdfast_sip_dropped_total", reason=reason), before + 1, f"{reason} counted")
    config = {**stage.server.config, "sip": {**stage.server.config["sip"], "allow_origins": []}}
    stage.server.write_config(config)
    stage.server.process.signal(signal.SIGHUP)
    wait_until(lambda: " reloaded" in stage.server.process.output(), 5, "the reload is said")
    wait_until(lambda: sockets.answer_to(foreign + b"\x81\x01x").startswith("HTTP/1.1 101 "), 3, "any page")
