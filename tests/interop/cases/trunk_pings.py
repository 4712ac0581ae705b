"""Trunks whose peers are asked by OPTIONS whether they are there, and called last while they are not."""
import json
import subprocess

from framework import patience
from framework.addresses import free_port
from framework.baresip import Baresip
from framework.case import case
from framework.events import Events
from framework.failure import expect, expect_equal
from framework.openapi import Description
from framework.phone import establish, hang_up
from framework.process import wait_until
from framework.server import sip_uri

WORKERS = 4


def told(stage, event):
    """Lines of the log that tell of the event."""
    return [line for line in stage.server.process.output().splitlines() if event in line]


@case
def dead_trunk_is_called_last(stage):
    """A trunk whose peer refuses connections is down after two questions, and calls of every shard try the next trunk first."""
    b = stage.phone("b")
    dead = sip_uri(stage.plan.b, free_port(stage.plan.b), "tcp")
    stage.serve(sip_uri(stage.plan.b, b.agent.port), server={"workers": WORKERS},
                trunks={"dead": {"peers": [dead], "options_ping": "1s"}},
                routes=[{"from": "trunk:a", "target": ["trunk:dead", "trunk:b"]}])
    wait_until(lambda: told(stage, "trunk.down"), 10, "the trunk is said to be down")
    expect(dead in told(stage, "trunk.down")[0], "the log should name the peer")
    a = stage.phone("a")
    for _ in range(2 * WORKERS):  # Call-IDs are spread over the shards by their hash
        establish(a, b)
        call = stage.server.calls()[0]
        ladder = json.loads(stage.server.get(f"/api/v1/calls/{call['id']}/ladder")[1])
        words = [entry["text"] for entry in ladder["entries"] if entry["kind"] == "decision"]
        expect(any("does not answer pings: tried last" in text for text in words), f"the ladder should say why: {words}")
        tried = [text.split(" at ")[0] for text in words if text.startswith("trying")]
        expect_equal(tried, ["trying trunk b"], "targets that were tried")
        hang_up(a, b)
        stage.server.expect_no_calls()
    expect_equal(len(told(stage, "trunk.down")), 1, "times that it is said")


def trunk(stage, name):
    trunks = json.loads(stage.server.get("/api/v1/trunks")[1])["trunks"]
    return next(one for one in trunks if one["name"] == name)


def table(stage):
    """What `holdfast trunks` shows."""
    url = f"http://{stage.server.config['admin']['listen']}"
    done = subprocess.run([stage.binary, "trunks", "--url", url], capture_output=True, text=True, timeout=patience.real(20),
                          check=False, stdin=subprocess.DEVNULL)
    expect_equal(done.returncode, 0, done.stderr)
    return done.stdout


@case
def peer_that_dies_is_told(stage):
    """baresip answers questions until it is killed: the trunk is up, then down, in the API, in the table, as an event; calls of it are counted."""
    peer = Baresip(stage, "b", stage.plan.b)
    uri = sip_uri(stage.plan.b, peer.port)
    stage.serve(uri, server={"workers": WORKERS}, trunks={"b": {"options_ping": "1s"}})
    wait_until(lambda: trunk(stage, "b")["up"], 10, lambda: f"the trunk is up: {trunk(stage, 'b')}")
    events = Events(stage)
    known = trunk(stage, "b")
    expect_equal([(one["uri"], one["up"]) for one in known["peers"]], [(uri, True)], "its peers")
    expect(known["peers"][0]["last"] in ("200", "404"), f"what it said: {known}")  # 404: baresip has no user without a name
    expect_equal((trunk(stage, "a")["asked"], trunk(stage, "a")["up"]), (False, None), "a trunk whose peers are not asked")
    a = stage.phone("a")
    invite = a.dial("b")
    a.confirm(invite, a.dialog.expect_status(invite, 200))
    expect_equal((trunk(stage, "a")["calls"], trunk(stage, "b")["calls"]), (1, 1), "legs on the trunks")
    a.dialog.bye()
    stage.server.expect_no_calls()
    peer.process.end()
    down = events.expect("trunk.down", 30)
    expect_equal((down["trunk"], down["peer"], down["up"]), ("b", uri, False), "the event")
    Description(stage.server).expect_is("TrunkEvent", down)
    dead = trunk(stage, "b")
    expect_equal((dead["up"], dead["peers"][0]["up"]), (False, False), "the trunk")
    expect(dead["peers"][0]["last"] not in ("200", "404"), f"that it says nothing: {dead}")
    expect(dead["peers"][0]["answered"] < dead["peers"][0]["since"], f"it answered before it was down: {dead}")
    expect(any(line.split()[:2] == ["b", "down"] for line in table(stage).splitlines()), table(stage))
    del stage.server.config["trunks"]["b"]["options_ping"]  # a question to nobody would be under way at the end
    stage.server.write_config(stage.server.config)
    expect_equal(stage.server.request("POST", "/api/v1/reload")[0], 200, "a reload without questions")
    expect_equal(trunk(stage, "b")["asked"], False, "the trunk after it")
