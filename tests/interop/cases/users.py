"""Users: phones that register at the server, call by their password and are called where they are."""
import contextlib
import pathlib
import signal
import sqlite3
import ssl

from framework.addresses import free_port
from framework.baresip import Baresip
from framework.case import case
from framework.certificates import Authority
from framework.dialog import Dialog
from framework.digest import credentials
from framework.failure import expect, expect_equal
from framework.phone import expect_talk, hang_up
from framework.process import wait_until
from framework.registrations import Registrations

PASSWORD = "open-sesame"


def office(stage, *names, workers=1, drain_timeout="2s", **changes):
    """A server that knows no trunk but these users."""
    config = stage.plan.config("sip:127.0.0.1:9", server={"workers": workers, "drain_timeout": drain_timeout}, **changes)
    config["trunks"] = {}
    config["users"] = {name: {"password": PASSWORD} for name in names}
    config["routes"] = [{"to": "^music$", "target": "app:music"}, {"target": "user:*"}]
    return stage.serve_config(config)


def register(phone, user, password=PASSWORD, expires=60):
    """The final response; the challenge is answered once."""
    dialog = Dialog.to(phone.agent, phone.server, user)
    dialog.local, dialog.remote = f"<{dialog.target}>;tag=1", f"<{dialog.target}>"
    dialog.target = dialog.target.replace(f"{user}@", "")
    extra = [("Contact", phone.agent.contact()), ("Expires", str(expires))]
    challenge = dialog.final(dialog.send("REGISTER", headers=extra))
    expect_equal(challenge.status, 401, "the status of what a REGISTER without credentials gets")
    proof = credentials(challenge, "REGISTER", dialog.target, user, password)
    return dialog.final(dialog.send("REGISTER", headers=[*extra, proof]))


def refused(phone, number):
    """The challenge that an INVITE without credentials gets."""
    invite = phone.dial(number)
    return phone.dialog.expect_status(invite, 407)


def dial(phone, user, number):
    """The INVITE that has credentials, after one without."""
    challenge = refused(phone, number)
    proof = credentials(challenge, "INVITE", phone.dialog.target, user, PASSWORD)
    return phone.dialog.send("INVITE", phone.description(), [proof])


def call(a, b, user, number):
    invite = dial(a, user, number)
    b.answer(b.ring())
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    b.dialog.expect("ACK")
    expect_talk(a, b)


def kept(server):
    """Whom the store holds, by its own word."""
    path = pathlib.Path(server.config["server"]["state_dir"]) / "holdfast.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        return [user for user, in store.execute("SELECT user FROM registrations ORDER BY user")]


@case
def users_call_each_other(stage):
    """alice and bob register with four workers, bob over TCP; each calls the other, wherever the Call-ID leads."""
    server = office(stage, "alice", "bob", workers=4)
    a, b = stage.phone("a"), stage.phone("b", transport="tcp")
    for phone, user in ((a, "alice"), (b, "bob")):
        response = register(phone, user)
        expect_equal(response.status, 200, f"the status of {user}'s REGISTER")
        expect(phone.agent.contact()[:-1] in response.get("contact"), f"its Contact is listed: {response}")
    expect_equal(server.metric("holdfast_registrations"), 2, "registrations")
    for _ in range(3):
        call(a, b, "alice", "bob")
        hang_up(a, b)
        call(b, a, "bob", "alice")
        hang_up(b, a)


@case
def users_with_wrong_passwords(stage):
    """A flood of wrong passwords: nobody is registered, nothing is kept, the source is turned away; others are not."""
    server = office(stage, "alice", "bob")
    b = stage.phone("b")
    for attempt in range(12):
        status = register(b, "alice", "guess" + str(attempt)).status
        expect(status == (401 if attempt < 10 else 503), f"attempt {attempt + 1} got {status}")
    expect_equal(server.metric("holdfast_registrations"), 0, "registrations")
    expect_equal(server.metric("holdfast_auth_failures_total", reason="wrong"), 10, "wrong passwords")
    expect(server.metric("holdfast_sip_transactions") == 0, "strangers leave no transaction")
    a = stage.phone("a")
    expect_equal(register(a, "alice").status, 200, "the status of a REGISTER from elsewhere")
    invite = dial(a, "alice", "bob")
    a.dialog.expect_status(invite, 480)


@case
def users_known_after_a_restart(stage):
    """bob registers by UDP, the server is restarted: he is called, and so he is after one that was killed."""
    server = office(stage, "alice", "bob", workers=2)
    a, b = stage.phone("a"), stage.phone("b")
    expect_equal(register(b, "bob").status, 200, "the status of bob's REGISTER")
    for start_again in (server.restart, server.kill):
        wait_until(lambda: kept(server) == ["bob"], 5, "bob is written down")
        start_again()
        wait_until(lambda: server.metric("holdfast_registrations") == 1, 5, "bob is known again")
        call(a, b, "alice", "bob")
        hang_up(a, b)
    register(b, "bob", expires=0)
    wait_until(lambda: kept(server) == [], 5, "bob is struck out")


@case
def users_register_while_it_drains(stage):
    """While the last call is waited for, bob's REGISTER is taken and written down: the next process knows him."""
    server = office(stage, "alice", "bob", drain_timeout="30s")
    a, b = stage.phone("a"), stage.phone("b")
    invite = dial(a, "alice", "music")
    a.confirm(invite, a.dialog.expect_status(invite, 200))
    server.may_leave()
    server.process.signal(signal.SIGTERM)
    wait_until(lambda: server.get("/readyz")[0] == 503, 3, "/readyz says 503")
    expect_equal(register(b, "bob").status, 200, "the status of bob's REGISTER")
    a.dialog.bye()
    expect_equal(server.process.wait(5), 0, "exit status after the last call")
    expect_equal(kept(server), ["bob"], "whom the store holds")


@case
def users_refresh_in_a_storm(stage):
    """A hundred users over WebSockets under TLS, and a thousand refreshes within a second: none is refused."""
    authority, at = Authority(stage.folder), (stage.plan.server, free_port(stage.plan.server))
    certificate, key = authority.issue("server", f"IP:{at[0]}")
    users = [f"user{number}" for number in range(100)]
    server = office(stage, *users, sip={
        "listen": [f"udp://{stage.plan.server}:{stage.plan.port}", f"wss://{at[0]}:{at[1]}"],
        "tls": {"certificate": certificate, "key": key}})
    believing = ssl.create_default_context(cafile=authority.certificate)
    registrations = stage.keep(Registrations(believing, at, users, PASSWORD))
    expect_equal(server.metric("holdfast_registrations"), len(users), "registrations")
    expect_equal(len(registrations.storm(1000, 1)), 1000, "refreshes that are answered by 200")
    expect_equal(server.metric("holdfast_registrations"), len(users), "registrations after them")


@case
def baresip_users(stage):
    """Two baresip register and talk to each other."""
    plan = stage.plan
    server = office(stage, "a", "b", registrar={"digest": ["MD5"]})
    home = (f"{plan.server}:{plan.port}", PASSWORD)
    b = Baresip(stage, "b", plan.b, rtp_ports=(31000, 31998), registrar=home)
    a = Baresip(stage, "a", plan.a, rtp_ports=(30000, 30998), registrar=home)
    wait_until(lambda: server.metric("holdfast_registrations") == 2, 10, "both are registered")
    a.command("dial", f"sip:b@{home[0]}")
    a.wait_event("CALL_ESTABLISHED")
    b.wait_event("CALL_ESTABLISHED")
    wait_until(lambda: server.metric("holdfast_rtp_packets_total", direction="out") > 100, 10, "they talk")
    a.command("hangup")
    b.wait_event("CALL_CLOSED")
