"""Running it: configuration mistakes, ports in use, drain, reload, and the HTTP face."""
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess

from framework import patience
from framework.addresses import free_port
from framework.case import case
from framework.digest import credentials
from framework.failure import Skip, expect, expect_equal
from framework.phone import AutoAnswer, establish, expect_talk, hang_up, relayed_reinvite
from framework.process import Process, wait_until
from framework.server import UNHURRIED, sip_uri

BAD_USAGE = 2


def run(stage, *arguments):
    """(exit status, stdout, stderr) of the binary."""
    done = subprocess.run([stage.binary, *arguments], capture_output=True, text=True, timeout=patience.real(20), check=False,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


MISTAKES = """\
server:
  nmae: x
sip:
  listen: ["udp://127.0.0.1:99999"]
hold:
  when: sometimes
trunks:
  a:
    peers: ["sip:127.0.0.1:5070"]
    allow: [300.0.0.0/8]
routes:
  - { to: "(", target: "trunk:nobody" }
"""


@case
def configuration_mistakes(stage):
    """Each mistake is named with file, line, column and key, all at once; serve refuses as check does."""
    path = stage.path("mistakes.yaml")
    with open(path, "w", encoding="utf-8") as out:
        out.write(MISTAKES)
    for command in ("check", "serve"):
        status, stdout, stderr = run(stage, command, "-c", path)
        text = stdout + stderr
        expect_equal(status, BAD_USAGE, f"exit status of {command}")
        for line, key in ((2, "nmae"), (4, "listen"), (6, "hold.when"), (10, "allow"), (12, "to")):
            expect(any(part.startswith(f"{path}:{line}:") and key in part for part in text.splitlines()),
                   f"{command} should name line {line} and {key}:\n{text}")
        expect("name" in text.replace("nmae", ""), f"{command} should name the nearest key:\n{text}")


@case
def configuration_that_is_fine(stage):
    """check is silent about the configuration of the other cases and about an empty file."""
    path = stage.path("empty.yaml")
    with open(path, "w", encoding="utf-8"):
        pass
    expect_equal(run(stage, "check", "-c", path)[0], 0, "check of an empty file")
    good = stage.path("good.yaml")
    with open(good, "w", encoding="utf-8") as out:
        json.dump(stage.plan.config("sip:127.0.0.1:5070"), out)
    status, stdout, stderr = run(stage, "check", "-c", good)
    expect_equal(status, 0, f"check of a good file: {stdout}{stderr}")


@case
def busy_port(stage):
    """A port in use is named, and the server leaves with 1: for SIP over UDP and TCP, media over TCP, admin and metrics."""
    plan = stage.plan
    ice_tcp = free_port(plan.server)
    config = plan.config("sip:127.0.0.1:5070", media={"ice_tcp": {"port": ice_tcp}})
    places = [(plan.server, plan.port, socket.SOCK_DGRAM), (plan.server, plan.port, socket.SOCK_STREAM),
              (plan.server, ice_tcp, socket.SOCK_STREAM)]
    for section in ("admin", "metrics"):
        host, _, port = config[section]["listen"].rpartition(":")
        places.append((host, int(port), socket.SOCK_STREAM))
    path = stage.path("busy.yaml")
    with open(path, "w", encoding="utf-8") as out:
        json.dump(config, out)
    for host, port, kind in places:
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind((host, port))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            status, stdout, stderr = run(stage, "serve", "-c", path)
        expect_equal(status, 1, "exit status with a port in use")
        expect(f"{host}:{port}" in stdout + stderr, f"the busy {host}:{port} should be named:\n{stdout}{stderr}")


@case
def missing_music_file(stage):
    """A music file that is not there is said at start, and the built-in tune is played."""
    missing = stage.path("no-such-music.wav")
    b = stage.phone("b")
    server = stage.serve(sip_uri(stage.plan.b, b.agent.port), hold={"music": missing})
    a = stage.phone("a")
    said = [line for line in server.process.output().splitlines() if missing in line]
    expect(said, f"the missing file should be named:\n{server.process.output()}")
    establish(a, b)
    stage.keep(AutoAnswer(b))
    request = a.reinvite(a.description("inactive"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.media.listen(0.2)
    labels = [packet.label for packet in b.media.hear_all(1.0)]
    expect(labels.count("silence") < 15 and "a" not in labels, f"the tune should be heard: {labels}")
    hang_up(a, b)


@case
def broken_music_file(stage):
    """A file that is no sound is said at start, and the server runs."""
    path = stage.path("broken.wav")
    with open(path, "wb") as out:
        out.write(b"RIFF\0\0\0\0nonsense")
    server = stage.serve(hold={"music": path})
    expect(path in server.process.output(), f"the broken file should be named:\n{server.process.output()}")


@case
def drain(stage):
    """SIGTERM in a call: INVITE and OPTIONS get 503 with Retry-After, both HTTP listeners say /readyz 503, /healthz 200; it
    leaves when the call ends."""
    a, b = stage.phones(server={"drain_timeout": "30s"})
    establish(a, b)
    expect_equal(stage.server.probe("/readyz"), (200, 200), "/readyz before")
    stage.server.may_leave()
    stage.server.process.signal(signal.SIGTERM)
    wait_until(lambda: stage.server.probe("/readyz") == (503, 503), 3, "/readyz says 503")
    expect_equal(stage.server.probe("/healthz"), (200, 200), "/healthz while draining")
    expect_equal(stage.server.metric("holdfast_draining"), 1, "holdfast_draining")
    second = stage.phone("second", stage.plan.a)
    for method in ("INVITE", "OPTIONS"):
        request = second.dial("4930123") if method == "INVITE" else second.dialog.send(method)
        response = second.dialog.expect_status(request, 503)
        expect(response.get("retry-after"), f"503 to {method} carries Retry-After")
    expect_talk(a, b)
    hang_up(a, b)
    expect_equal(stage.server.process.wait(5), 0, "exit status after the last call")


@case
def drain_timeout(stage):
    """A call that outlives server.drain_timeout is ended by BYE on both legs."""
    a, b = stage.phones(server={"drain_timeout": "1s"})
    establish(a, b)
    stage.server.may_leave()
    stage.server.process.signal(signal.SIGTERM)
    for phone in (a, b):
        reason = phone.dialog.expect_bye().get("reason", "none")
        expect(re.fullmatch(r'[\w.-]+(\s*;\s*cause=\d+)?(\s*;\s*text="[^"]*")?', reason),
               f"Reason of the BYE should be of RFC 3326 §2: {reason}")
    expect_equal(stage.server.process.wait(5), 0, "exit status")


@case
def second_sigterm(stage):
    """A second SIGTERM ends it at once, with BYE to both sides of the call that is up."""
    a, b = stage.phones(server={"drain_timeout": "60s"})
    establish(a, b)
    stage.server.may_leave()
    stage.server.process.signal(signal.SIGTERM)
    wait_until(lambda: stage.server.get("/readyz")[0] == 503, 3, "/readyz says 503")
    stage.server.process.signal(signal.SIGTERM)
    for phone in (a, b):
        phone.dialog.expect_bye()
    expect_equal(stage.server.process.wait(3), 0, "exit status")


@case
def drain_by_api_then_sigterm(stage):
    """Drained by the API, as a preStop hook does it, the first SIGTERM still waits for the call."""
    a, b = stage.phones(server={"drain_timeout": "60s"})
    establish(a, b)
    stage.server.may_leave()
    expect_equal(stage.server.request("POST", "/api/v1/drain")[0] // 100, 2, "class of the answer to drain")
    wait_until(lambda: stage.server.get("/readyz")[0] == 503, 3, "/readyz says 503")
    stage.server.process.signal(signal.SIGTERM)
    expect_talk(a, b)
    hang_up(a, b)
    expect_equal(stage.server.process.wait(5), 0, "exit status after the last call")


@case
def music_on_reload(stage):
    """Another tune is for calls that come: who hears the old one when the reload takes place goes on hearing it."""
    a, b = stage.phones()
    with held_call(a, b):
        b.hear("music")
        stage.server.write_config({**stage.server.config, "hold": {"music": stage.sound_file("milliwatt")}})
        expect_equal(reloaded(stage)[0], 200, "the status of the reload")
        b.media.expect_only("music", 1.0)
    with held_call(a, b):
        b.hear("milliwatt")


@contextlib.contextmanager
def held_call(a, b):
    """A has called B and holds it by a re-INVITE without SDP; ends with A hanging up."""
    establish(a, b)
    with contextlib.closing(AutoAnswer(b)):
        request = a.reinvite(None)
        a.take(a.dialog.expect_status(request, 200))
        a.dialog.ack(request, a.description("inactive"))
        yield
    hang_up(a, b)


def expect_refused(phone, status):
    invite = phone.dial("4930123")
    phone.dialog.expect_status(invite, status)


@case
def reload_on_sighup(stage):
    """SIGHUP takes a new file in for new calls, calls go on; a bad file changes nothing and is said."""
    a, b = stage.phones()
    establish(a, b)
    config = stage.server.config
    closed = {**config, "routes": [{"from": "trunk:a", "to": "^1$", "target": "trunk:b"}]}
    stage.server.write_config(closed)
    stage.server.process.signal(signal.SIGHUP)
    second = stage.phone("second", stage.plan.a)
    wait_until(lambda: "reloaded" in stage.server.process.output(), 5, "the reload is said")
    expect_refused(second, 404)
    expect_talk(a, b)
    stage.server.write_config("routes: {nonsense")
    stage.server.process.signal(signal.SIGHUP)
    wait_until(lambda: f"{stage.server.path}:" in stage.server.process.output(), 3, "the bad file is said")
    expect_refused(second, 404)
    expect_talk(a, b)
    hang_up(a, b)


def listen_at(stage, *addresses):
    stage.server.write_config({**stage.server.config, "sip": {**stage.server.config["sip"], "listen": list(addresses)}})


def reloaded(stage):
    return stage.server.request("POST", "/api/v1/reload")


def call_echo(phone):
    """A call to a built-in end, and its end; the status of its answer."""
    invite = phone.dial("echo")
    answer = phone.dialog.final(invite)
    if answer.status == 200:
        phone.dialog.established(answer)
        phone.dialog.ack(invite)
        phone.dialog.bye()
    return answer.status


@case
def listeners_on_reload(stage):
    """A reload moves SIP to other ports: the call that is up goes on where it is, new ones come in at the new ports alone,
    and the old socket goes with its last call. A port that is taken changes nothing."""
    a, b = stage.phones()
    plan, old = stage.plan, stage.plan.port
    establish(a, b)
    second = stage.phone("second", plan.a)
    with socket.create_server((plan.server, 0)) as taken:
        wanted = f"tcp://{plan.server}:{taken.getsockname()[1]}"
        listen_at(stage, f"udp://{plan.server}:{free_port(plan.server)}", wanted)
        status, body, _ = reloaded(stage)
        expect_equal(status, 422, "the status of a reload with a port that is taken")
        expect(wanted in json.loads(body)["errors"][0], f"the error names the port: {body}")
    expect_equal(call_echo(second), 200, "a call where it still listens")

    new = free_port(plan.server)
    listen_at(stage, f"udp://{plan.server}:{new}", f"tcp://{plan.server}:{new}")
    expect_equal(reloaded(stage)[0], 200, "the status of the reload")
    shown = json.loads(stage.server.get("/api/v1/status")[1])["listeners"]
    expect(f"udp://{plan.server}:{new}" in shown and f"udp://{plan.server}:{old}" not in shown, f"listeners: {shown}")
    expect_equal(call_echo(second), 503, "a call where it does not listen any more")
    for transport in ("udp", "tcp"):
        phone = stage.phone(f"new-{transport}", plan.a, transport=transport, server=(plan.server, new))
        expect_equal(call_echo(phone), 200, f"a call over {transport} where it listens now")
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    expect_talk(a, b)
    expect(not can_bind(plan.server, old), "the old socket is there for its call")
    hang_up(a, b)
    wait_until(lambda: can_bind(plan.server, old), 20, "the old socket is gone")


@case
def admin_on_reload(stage):
    """A reload moves the API and gives it a token: the old address is left, who has an open connection needs the token too.
    An address that is taken changes nothing."""
    stage.serve()
    server, plan = stage.server, stage.plan
    before = server.config["admin"]["listen"]
    with socket.create_server((plan.admin, 0)) as taken:
        server.write_config({**server.config, "admin": {"listen": f"{plan.admin}:{taken.getsockname()[1]}"}})
        status, body, _ = reloaded(stage)
        expect_equal(status, 422, "the status of a reload with an address that is taken")
        expect("address already in use" in json.loads(body)["errors"][0], f"the error: {body}")
    host, port = before.split(":")
    kept = http.client.HTTPConnection(host, int(port), timeout=patience.real(5))
    expect_equal(asked(kept, "/api/v1/status"), 200, "the API where it was")
    moved = f"{plan.admin}:{free_port(plan.admin)}"
    server.write_config({**server.config, "admin": {"listen": moved, "token": "secret of a test"}})
    expect_equal(reloaded(stage)[0], 200, "the status of the reload")
    expect_equal(asked(kept, "/api/v1/status"), 401, "an open connection without the token")
    kept.close()
    wait_until(lambda: can_listen(before), 10, "the old address is free")
    expect("reload.restart_needed" not in server.process.output(), "nothing of it needs a restart")
    done = subprocess.run([stage.binary, "status", "--url", f"http://{moved}"], capture_output=True, text=True, check=False,
                          env={**os.environ, "HOLDFAST_TOKEN": "secret of a test"}, timeout=patience.real(20))
    expect(moved in done.stdout, f"status at the new address: {done.stdout}{done.stderr}")
    server.may_leave()
    server.process.signal(signal.SIGTERM)
    expect_equal(server.process.wait(5), 0, "exit status")


def asked(connection, path):
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def can_listen(address):
    host, port = address.split(":")
    try:
        socket.create_server((host, int(port))).close()
    except OSError:
        return False
    return True


def can_bind(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


@case
def http_during_a_call(stage):
    """/healthz, /readyz, /metrics and /api/v1/calls while two talk and while one holds."""
    a, b = stage.phones(sip=UNHURRIED)
    server = stage.server
    expect_equal(server.get("/healthz")[0], 200, "/healthz")
    expect_equal(server.calls(), [], "calls before any")
    expect_equal(server.get("/nowhere")[0], 404, "an unknown path")
    establish(a, b)
    calls = server.calls()
    expect_equal(len(calls), 1, "calls while one is up")
    found = calls[0]
    for key in ("id", "state", "from", "to", "started", "answered", "hold", "legs"):
        expect(key in found, f"a call shows its {key}: {json.dumps(found)}")
    legs = found["legs"]
    expect_equal((legs["a"]["trunk"], legs["b"]["trunk"]), ("a", "b"), "trunks of the legs")
    expect_equal(legs["a"]["call_id"], a.dialog.call_id, "Call-ID of leg a")
    expect_equal(legs["b"]["call_id"], b.dialog.call_id, "Call-ID of leg b")
    status, body, _ = server.get(f"/api/v1/calls/{found['id']}")
    expect_equal((status, json.loads(body)["id"]), (200, found["id"]), "one call")
    expect_equal(server.get("/api/v1/calls/none")[0], 404, "a call that is not there")
    expect_equal(server.metric("holdfast_calls"), 1, "holdfast_calls")
    wait_until(lambda: server.metric("holdfast_rtp_packets_total") > 10, 3, "holdfast_rtp_packets_total counts")
    stage.keep(AutoAnswer(b))
    request = a.reinvite(a.description("inactive"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.hear("music")
    expect_equal(server.metric("holdfast_hold_music_active"), 1, "holdfast_hold_music_active")
    expect(server.calls()[0]["hold"]["music"]["b"], f"the call shows music at b: {server.calls()[0]['hold']}")
    hang_up(a, b)
    server.expect_no_calls()
    expect_equal(server.metric("holdfast_calls"), 0, "holdfast_calls at the end")
    expect(server.metric("holdfast_sip_requests_total", method="INVITE") >= 2, "requests are counted")
    expect_equal(server.metric("holdfast_sip_retransmissions_total", direction="out"), 0, "retransmissions of ours")


@case
def hang_up_from_outside(stage):
    """DELETE /api/v1/calls/ID ends the call on both legs."""
    a, b = stage.phones()
    establish(a, b)
    call = stage.server.calls()[0]["id"]
    status = stage.server.request("DELETE", f"/api/v1/calls/{call}")[0]
    expect(status in (200, 202, 204), f"DELETE answered {status}")
    a.dialog.expect_bye()
    b.dialog.expect_bye()
    stage.server.expect_no_calls()


@case
def embedded_defaults(stage):
    """Without a file it serves on loopback and says what it listens on and what to dial."""
    taken = occupied(("127.0.0.1", 5060), ("127.0.0.1", 9060), ("127.0.0.1", 9061))
    if taken:
        raise Skip(f"the default port {taken} is in use here")
    environment = {**os.environ, "HOLDFAST_SERVER__STATE_DIR": stage.folder}
    process = Process([stage.binary, "serve"], stage.folder, "defaults", environment)
    try:
        wait_until(lambda: "music" in process.output() and "5060" in process.output() or not process.is_running(), 10,
                   "it says what to dial")
        expect(process.is_running(), process.tail())
        for word in ("127.0.0.1:5060", "music", "echo", "milliwatt", "alice", "bob", "demo"):
            expect(word in process.output(), f"it should say {word}:\n{process.output()}")
        a = stage.phone("a", "127.0.0.1", server=("127.0.0.1", 5060))
        invite = a.dial("milliwatt")
        refused = a.dialog.expect_status(invite, 407)
        proof = credentials(refused, "INVITE", a.dialog.target, "alice", "demo")
        invite = a.dialog.send("INVITE", a.description(), [proof])
        ok = a.dialog.expect_status(invite, 200)
        a.take(ok)
        a.confirm(invite, ok)
        a.hear("milliwatt")
        a.dialog.bye()
    finally:
        process.end()


def occupied(*places):
    for host, port in places:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return f"{host}:{port}"
    return None
