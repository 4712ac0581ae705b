"""Trunks whose peers are asked by OPTIONS whether they are there, and called last while they are not."""
import json

from framework.addresses import free_port
from framework.case import case
from framework.failure import expect, expect_equal
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
