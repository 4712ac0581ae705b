"""Races: pairs of SIPp whose requests meet in the server, once or many times with a skew from a seed.

T1 is 75 ms, so that what ends after 64·T1 ends after 4.8 s: not before T4, which is fixed, and soon enough for a test.
"""
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

from framework import wire
from framework.addresses import free_port
from framework.server import merged, sip_uri
from framework.sipp import Sipp

T1 = 0.075
GIVE_UP = 64 * T1
RUNS, SKEW_MS = 20, 50
LATE_CLOCK = 0.05  # seconds by which SIPp may date late what it sends: it is written down afterwards
TOGETHER = 5
_RACING = {"sip": {"timers": {"t1": "75ms"}}, "renegotiation": {"timeout": "6s"}}


def race(stage, *pairs, together=TOGETHER, **changes):
    """One server; each pair (caller, callee, or None where no INVITE may come) has its own call. All must end well, keep the
    rules and, at the end of the case, leave nothing. Returns (the caller's wire, the callee's) for each."""
    plan = stage.plan
    callees = [callee and Sipp(stage, callee, plan.b, name=f"callee-{index}") for index, (_, callee) in enumerate(pairs)]
    ports = [callee.port if callee else free_port(plan.b) for callee in callees]
    routes = [{"to": f"^{index}$", "target": sip_uri(plan.b, port)} for index, port in enumerate(ports)]
    stage.ends_by_itself()
    stage.serve(sip_uri(plan.b, ports[0]), **merged({**_RACING, "routes": routes}, changes))

    starting = threading.Lock()  # a child holds, until it is another program, the ports that are being tried

    def run(index):
        with starting:
            caller = Sipp(stage, pairs[index][0], plan.a, remote=(plan.server, plan.port), number=index,
                          name=f"caller-{index}")
        sides = [side for side in (caller, callees[index]) if side]
        for side in sides:
            side.expect_success()
        wires = [side.wire() for side in sides]
        for one in wires:
            wire.check(one)
        return wires

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(run, range(len(pairs))))


def skews(runs=RUNS):
    """Milliseconds, from a seed that is printed."""
    seed = int(os.environ.get("RACE_SEED") or random.SystemRandom().randrange(1 << 32))
    source = random.Random(seed)
    drawn = [source.randrange(SKEW_MS + 1) for _ in range(runs)]
    print(f"RACE_SEED={seed}: skews of {', '.join(map(str, drawn))} ms", flush=True)
    return drawn


def skewed(stage, pair_of, runs=RUNS, **options):
    """The same pair many times, each with a skew of its own: pair_of(milliseconds)."""
    return race(stage, *map(pair_of, skews(runs)), **options)
