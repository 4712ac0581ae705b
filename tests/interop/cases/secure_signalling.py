"""SIP under TLS: calls, whose certificate is believed, reloads, and what strangers say to the port."""
import os
import shutil
import signal
import socket
import ssl

from framework import patience, rtp
from framework.addresses import free_port
from framework.case import case
from framework.certificates import Authority
from framework.failure import Failure, expect, expect_equal
from framework.message import uri_of
from framework.phone import establish, expect_talk, hang_up, relayed_reinvite
from framework.process import wait_until
from framework.secret import Secret
from framework.server import sip_uri


class Secrets:
    """Of a case: an authority, the server's certificate, those of the phones, and where the server listens under TLS."""

    def __init__(self, stage):
        self.stage, self.plan = stage, stage.plan
        self.authority = Authority(stage.folder)
        self.certificate, self.key = self.authority.issue("server", f"IP:{self.plan.server}")
        self.port = free_port(self.plan.server)

    def of(self, name, names, **options):
        return Secret(self.authority.issue(name, names), **{"believed": self.authority.certificate, **options})

    def phone(self, name, names=None, address=None, secret=None):
        address = address or getattr(self.plan, name)
        secret = secret or self.of(f"phone-{name}", names or f"IP:{address}")
        return self.stage.phone(name, address, transport="tls", secret=secret, server=(self.plan.server, self.port))

    def sip(self, **tls):
        """The section of the configuration."""
        listen = [f"udp://{self.plan.server}:{self.plan.port}", f"tls://{self.plan.server}:{self.port}"]
        return {"listen": listen, "tls": {"certificate": self.certificate, "key": self.key, "verify_peer": True,
                                          "ca": self.authority.certificate, **tls}}


def tls_phones(stage, b_uri=None, b_names=None, **tls):
    """The server between two phones that speak TLS alone, with the test's music: (secrets, a, b)"""
    secrets = Secrets(stage)
    b = secrets.phone("b", b_names)
    uri = b_uri or sip_uri(stage.plan.b, "{port}", "tls")
    stage.serve(uri.format(port=b.agent.port), hold={"music": stage.music_file()}, sip=secrets.sip(**tls))
    return secrets, secrets.phone("a"), b


@case
def tls_call(stage):
    """Two phones under TLS: a call with a hold and its music, one connection to each, which Via and Contact name."""
    _, a, b = tls_phones(stage)
    establish(a, b)
    for phone in (a, b):
        for message in phone.agent.received:
            expect(message.is_response or message.get("via").startswith("SIP/2.0/TLS "), f"Via says TLS: {message}")
            contact = message.get("contact")
            expect(contact is None or contact.endswith(";transport=tls>"), f"Contact says TLS: {contact}")
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    b.hear("music")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    expect_talk(a, b)
    expect_equal(stage.server.metric("holdfast_sip_connections", transport="tls"), 2, "connections")
    expect_equal(stage.server.metric("holdfast_sip_connections", transport="tcp"), 0, "plain connections")
    hang_up(b, a)
    stage.server.expect_no_calls()


@case
def tls_to_udp(stage):
    """A under TLS, B over UDP: each leg has its own transport, and nothing of the other's."""
    secrets = Secrets(stage)
    b = stage.phone("b")
    stage.serve(sip_uri(stage.plan.b, b.agent.port), sip=secrets.sip())
    a = secrets.phone("a")
    establish(a, b)
    expect(b.dialog.invite.get("via").startswith("SIP/2.0/UDP "), "Via of leg b")
    expect(b"tls" not in b.dialog.invite.raw.lower(), f"nothing of TLS on leg b: {b.dialog.invite.raw}")
    hang_up(a, b)


@case
def sips_call(stage):
    """A SIPS URI on both legs: so are both Contacts."""
    _, a, b = tls_phones(stage, b_uri=f"sips:{stage.plan.b}:{{port}}")
    invite = a.dial("4930123", scheme="sips")
    received = b.ring()
    expect(received.uri.startswith("sips:4930123@"), f"the Request-URI of leg b: {received.uri}")
    expect(uri_of(received.get("contact")).startswith("sips:"), f"Contact to B: {received.get('contact')}")
    b.answer(received)
    ok = a.dialog.expect_status(invite, 200)
    expect(uri_of(ok.get("contact")).startswith("sips:"), f"Contact to A: {ok.get('contact')}")
    a.take(ok)
    a.confirm(invite, ok)
    b.dialog.expect("ACK")
    expect_talk(a, b)
    hang_up(a, b)


@case
def sips_in_the_clear(stage):
    """A SIPS URI over UDP is refused."""
    stage.serve()
    a = stage.phone("a")
    invite = a.dial("4930123", scheme="sips")
    a.dialog.expect_status(invite, 416)


@case
def tls_to_a_name(stage):
    """A trunk with a name: it is asked for (SNI), and its certificate has to be of it, not of its address."""
    secrets = Secrets(stage)
    secret = secrets.of("phone-b", "DNS:localhost")
    b = secrets.phone("b", address="127.0.0.1", secret=secret)
    stage.serve(f"sip:localhost:{b.agent.port};transport=tls", sip=secrets.sip(),
                trunks={"b": {"allow": ["127.0.0.1/32"]}})
    a = secrets.phone("a")
    establish(a, b)
    expect_equal(secret.server_names, ["localhost"], "names asked for")
    hang_up(a, b)


@case
def tls_with_somebody_else(stage):
    """B's certificate is of another: nothing is said to it, the call fails, the reason is counted and logged."""
    _, a, b = tls_phones(stage, b_names="DNS:other.example.com")
    invite = a.dial("4930123")
    a.dialog.expect_status(invite, 500)
    expect_equal(b.agent.received, [], "what B was told")
    expect_equal(stage.server.metric("holdfast_sip_dropped_total", reason="tls_certificate"), 1, "failures counted")
    output = stage.server.process.output()
    expect(output.count("tls.failed") == 1 and f"the certificate is not of {stage.plan.b}" in output, "the reason, once")


@case
def tls_unverified(stage):
    """The same without verify_peer: whoever answers is taken."""
    _, a, b = tls_phones(stage, b_names="DNS:other.example.com", verify_peer=False)
    establish(a, b)
    hang_up(a, b)


@case
def tls_next_target(stage):
    """A peer whose certificate is of an authority that nobody knows, then a good one: it gets the call."""
    secrets = Secrets(stage)
    os.mkdir(stage.path("strangers"))
    stranger = Secret(Authority(stage.path("strangers")).issue("stranger", f"IP:{stage.plan.b}"))
    bad = stage.phone("bad", stage.plan.b, transport="tls", secret=stranger)
    b = secrets.phone("b")
    peers = [{"uri": sip_uri(stage.plan.b, phone.agent.port, "tls"), "priority": priority}
             for priority, phone in enumerate((bad, b))]
    stage.serve(sip=secrets.sip(), trunks={"b": {"peers": peers}})
    a = secrets.phone("a")
    establish(a, b)
    expect_equal(bad.agent.received, [], "what the stranger was told")
    hang_up(a, b)


@case
def tls_client_certificates(stage):
    """With client_ca, who shows no certificate of it gets no further than the handshake."""
    secrets = Secrets(stage)
    b = secrets.phone("b")
    stage.serve(sip_uri(stage.plan.b, b.agent.port, "tls"), sip=secrets.sip(client_ca=secrets.authority.certificate))
    nameless = secrets.phone("a", secret=secrets.of("nameless", f"IP:{stage.plan.a}", shows=False))
    try:
        invite = nameless.dial("4930123")
        nameless.dialog.final(invite, timeout=1)
    except (OSError, Failure):
        pass
    expect_equal(nameless.agent.received, [], "what it was told")
    wait_until(lambda: stage.server.metric("holdfast_sip_dropped_total", reason="tls_certificate") == 1, 3, "counted")
    a = secrets.phone("a")
    establish(a, b)
    hang_up(a, b)


@case
def tls_reload(stage):
    """SIGHUP: new connections see the new certificate, calls go on over the old ones; a bad file changes nothing, nor does a
    good one beside a port that is taken."""
    secrets, a, b = tls_phones(stage)
    establish(a, b)
    before = seen_certificate(secrets)
    certificate, key = secrets.authority.issue("renewed", f"IP:{stage.plan.server}")
    shutil.copy(certificate, secrets.certificate)
    stage.server.process.signal(signal.SIGHUP)  # the key is still the old one's
    wait_until(lambda: "is of another certificate" in stage.server.process.output(), 5, "the mismatch is said")
    expect_equal(seen_certificate(secrets), before, "the certificate after a reload that was refused")
    shutil.copy(key, secrets.key)
    config = stage.server.config
    with socket.create_server((stage.plan.server, 0)) as taken:
        more = [*config["sip"]["listen"], f"tcp://{stage.plan.server}:{taken.getsockname()[1]}"]
        stage.server.write_config({**config, "sip": {**config["sip"], "listen": more}})
        expect_equal(stage.server.request("POST", "/api/v1/reload")[0], 422, "the status of a reload with a port that is taken")
    expect_equal(seen_certificate(secrets), before, "the certificate after a reload that was refused for its port")
    stage.server.write_config(config)
    stage.server.process.signal(signal.SIGHUP)
    wait_until(lambda: " reloaded" in stage.server.process.output(), 5, "the reload is said")
    expect(seen_certificate(secrets) != before, "a new connection sees the new certificate")
    relayed_reinvite(b, a, b.description("sendonly"), "recvonly")
    relayed_reinvite(b, a, b.description("sendrecv"), "sendrecv")
    expect_talk(a, b)
    hang_up(a, b)
    expect_equal(a.agent.connections, 1, "A's connections")


def seen_certificate(secrets):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(secrets.authority.certificate)
    with socket.create_connection((secrets.plan.server, secrets.port), timeout=patience.real(3)) as plain:
        with context.wrap_socket(plain) as secured:
            return secured.getpeercert(binary_form=True)


@case
def tls_connection_lost(stage):
    """The connections are lost in a call: the next request to B goes over a new one, verified as the first was."""
    _, a, b = tls_phones(stage)
    establish(a, b)
    b.agent.lose_connections()
    wait_until(lambda: stage.server.metric("holdfast_sip_connections", transport="tls") == 1, 3, "one is gone")
    hang_up(a, b)
    expect_equal(stage.server.metric("holdfast_sip_dropped_total", reason="tls_certificate"), 0, "failures")


@case
def tls_nonsense(stage):
    """Plain SIP, garbage and silence on the port: counted, closed, and a call beside it goes on."""
    secrets, a, b = tls_phones(stage)
    establish(a, b)
    place = (stage.plan.server, secrets.port)
    options = f"OPTIONS sip:{stage.plan.server} SIP/2.0\r\nContent-Length: 0\r\n\r\n".encode()
    for nonsense in (options, b"\x00" * 2000, b"\x16\x03\x01\xff\xff" + b"x" * 70000):
        with socket.create_connection(place, timeout=patience.real(3)) as connection:
            try:
                connection.sendall(nonsense)
                while connection.recv(4096):
                    pass
            except ConnectionError:
                pass  # as good as an end
    silent = [socket.create_connection(place, timeout=patience.real(10)) for _ in range(20)]
    for connection in silent:
        expect_equal(connection.recv(1), b"", "the server's patience with one that says nothing")
        connection.close()
    expect_equal(stage.server.metric("holdfast_sip_dropped_total", reason="tls_handshake"), 3, "no handshakes")
    expect_equal(stage.server.metric("holdfast_sip_dropped_total", reason="tls_timeout"), 20, "handshakes not in time")
    expect_talk(a, b)
    hang_up(a, b)
    rtp.expect_seamless(b.media.packets, "audio at B")
