"""What is to be seen of a running server: its metrics as Prometheus judges them, the timeline of a call."""
import json
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from framework import patience
from framework.addresses import free_port
from framework.case import case
from framework.certificates import Authority
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, hang_up
from framework.process import wait_until

REFERENCE = Path(__file__).resolve().parents[3] / "docs/metrics.md"
FAMILY = re.compile(r"^# TYPE (\S+) (\S+)$", re.M)
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", re.M)


def page(stage):
    server = stage.server
    host, _, port = server.config["metrics"]["listen"].rpartition(":")
    status, text, headers = server.request("GET", "/metrics", (host, int(port)))
    expect_equal(status, 200, "/metrics")
    expect(headers["Content-Type"].startswith("text/plain; version=0.0.4"), f"the format: {headers['Content-Type']}")
    return text


def held_call(stage):
    """Two that talk until A holds B; the call's id."""
    a, b = stage.phones()
    establish(a, b)
    call = stage.server.calls()[0]["id"]
    stage.keep(AutoAnswer(b))
    wait_until(lambda: stage.server.metric("holdfast_rtp_packets_total", direction="out", trunk="b") > 50, 5, "they talk")
    request = a.reinvite(a.description("inactive"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.hear("music")
    return a, b, call


@case
def metrics_please_promtool(stage):
    """`promtool check metrics` has nothing to say against the page of a server that has had a held call."""
    expect(shutil.which("promtool"), "promtool is needed: package prometheus")
    a, b, _ = held_call(stage)
    text = page(stage)
    hang_up(a, b)
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True,
                          timeout=patience.real(20), check=False)
    expect_equal((done.returncode, done.stdout, done.stderr), (0, "", ""), "what promtool says")


@case
def metrics_are_those_of_the_reference(stage):
    """Each metric of the page stands in docs/metrics.md with its type and its labels, and traffic has its trunk."""
    a, b, _ = held_call(stage)
    text = page(stage)
    reference = {name: (kind, re.findall(r"\w+", labels)) for name, kind, labels in ROW.findall(REFERENCE.read_text())}
    for name, kind in FAMILY.findall(text):
        expect(name in reference, f"{name} should stand in {REFERENCE.name}")
        expect_equal(kind, reference[name][0], f"type of {name}")
    for series in stage.server.metrics():
        name, _, labels = series.partition("{")
        base = re.sub(r"_(bucket|sum|count)$", "", name) if name not in reference else name
        named = [label for label in re.findall(r'(\w+)="', labels) if label != "le"]
        expect_equal(named, reference[base][1], f"labels of {series}")
    server = stage.server
    for trunk in ("a", "b"):
        expect(server.metric("holdfast_rtp_packets_total", direction="in", trunk=trunk) > 0, f"packets of trunk {trunk}")
        expect_equal(server.metric("holdfast_trunk_calls", trunk=trunk), 1, f"legs of trunk {trunk}")
    expect(server.metric("holdfast_media_forward_seconds_count") > 50, "forwarded packets are timed")
    expect_equal(server.metric("holdfast_media_ports", state="used"), 4, "ports of two legs")
    hang_up(a, b)
    server.expect_no_calls()
    expect_equal(server.metric("holdfast_trunk_calls"), 0, "legs of trunks at the end")


def timeline(stage, call):
    status, text, _ = stage.server.get(f"/api/v1/calls/{call}/timeline")
    expect_equal(status, 200, "the timeline")
    return json.loads(text)


@case
def timeline_of_a_held_call(stage):
    """The timeline shows who talked, the hold and its music, second by second, also once the call is over."""
    a, b, call = held_call(stage)
    wait_until(lambda: timeline(stage, call)["legs"]["b"][-1]["music"], 5, "the latest sample shows music")
    hang_up(a, b)
    stage.server.expect_no_calls()
    told = timeline(stage, call)
    expect_equal((told["id"], told["interval_ms"]), (call, 1000), "whose, and in which steps")
    legs = told["legs"]
    expect_equal(len(legs["a"]), len(legs["b"]), "samples of both legs")
    text = json.dumps(told)
    talking = [sample for sample in legs["a"] if sample["packets_in"] > 0]
    expect(talking and all(sample["codec"] for sample in talking), f"A talked: {text}")
    expect(any(sample["mos"] and sample["mos"] > 4 for sample in talking), f"A was heard well: {text}")
    expect(any(sample["hold"] for sample in legs["a"]), f"A held: {text}")
    expect(any(sample["music"] and sample["packets_out"] > 0 for sample in legs["b"]), f"B heard music: {text}")
    expect_equal(stage.server.get("/api/v1/calls/none/timeline")[0], 404, "the timeline of no call")


@case
def metrics_of_the_configuration(stage):
    """A reload that is refused, one that is taken, when the certificate ends, whether registrations are written down."""
    certificate, key = Authority(stage.folder).issue("server", f"IP:{stage.plan.server}")
    listen = [f"udp://{stage.plan.server}:{stage.plan.port}", f"tls://{stage.plan.server}:{free_port(stage.plan.server)}"]
    config = stage.plan.config("sip:127.0.0.1:9", sip={"listen": listen, "tls": {"certificate": certificate, "key": key}})
    config["users"] = {"alice": {"password": "open-sesame"}}
    server = stage.serve_config(config)

    def expect_soon(name, value, what, **labels):
        wait_until(lambda: server.metric(name, **labels) == value, 5, lambda: f"{what}: {server.metric(name, **labels)}")

    started = server.metric("holdfast_config_last_reload_success_timestamp_seconds")
    expect(abs(started - time.time()) < patience.real(60), f"the start counts as a reload: {started}")
    expect_equal(server.metric("holdfast_config_last_reload_successful"), 1, "before any reload")
    expect(server.metric("holdfast_certificate_expiry_timestamp_seconds", certificate="sip.tls") > time.time(),
           "the certificate is good for a while")
    expect_equal(server.metric("holdfast_state_store_up"), 1, "registrations are written down")
    server.write_config("routes: {nonsense")
    server.process.signal(signal.SIGHUP)
    expect_soon("holdfast_config_last_reload_successful", 0, "the reload was refused")
    expect_equal(server.metric("holdfast_config_last_reload_success_timestamp_seconds"), started, "the last that was taken")
    server.write_config(config)
    server.process.signal(signal.SIGHUP)
    expect_soon("holdfast_config_last_reload_successful", 1, "the reload was taken")
    expect(server.metric("holdfast_config_last_reload_success_timestamp_seconds") > started, "the time of the reload")
