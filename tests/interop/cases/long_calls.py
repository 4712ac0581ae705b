"""One call with very many changes."""
import time

from framework.case import case
from framework.failure import expect, expect_equal
from framework.long_call import LongCall
from framework.process import wait_until
from framework.server import sip_uri

CHANGES = 100_000
WARM_UP = 20_000
PACE = 0.6  # of the speed of the warm-up: so that fewer transactions wait for their timers than memory was taken for then
GROWTH_KILOBYTES = 64
SANITIZED_SHARE = 20  # a sanitized server is slow, and keeps what is freed: a part of it, and no look at its memory


@case(timeout=200)
def hundred_thousand_reinvites(stage):
    """Held and resumed 50,000 times: `o=` has risen by one for each, on both legs, with one m-line and each payload number in
    its meaning, and the server has not grown by 64 KiB.
    """
    call = stage.keep(LongCall(stage.plan.a, stage.plan.b))
    server = stage.serve(sip_uri(stage.plan.b, call.b.port), log={"level": "warn"}, sip={"timers": {"t1": "50ms"}})
    share = SANITIZED_SHARE if server.is_sanitized() else 1
    call.connect((stage.plan.server, stage.plan.port))
    started = time.monotonic()
    change(call, WARM_UP // share)
    gap = (time.monotonic() - started) / (WARM_UP // share) / PACE
    before = resident_at_rest(server)
    change(call, CHANGES // share, gap)
    after = resident_at_rest(server)
    for end, name in ((call.a, "A"), (call.b, "B")):
        first = end.versions[0]
        expect_equal(end.versions, list(range(first, first + 1 + (WARM_UP + CHANGES) // share)), f"o= at {name}")
        expect_equal(end.line_counts, {1}, f"m-lines in each description at {name}")
        events = [number for number, meaning in end.meanings.items() if meaning == b"telephone-event/8000"]
        expect_equal(len(events), 1, f"numbers of telephone events at {name}: {end.meanings}")
    expect_equal(call.a.meanings.get(b"97"), b"telephone-event/8000", "A's own number in all that it is answered")
    expect(share > 1 or after - before < GROWTH_KILOBYTES, f"{CHANGES} changes: {after - before} KiB more than {before}")
    print(f"{CHANGES // share} re-INVITEs on one call: {after - before} KiB more than {before}")
    call.hang_up()
    server.expect_nothing_alive()


def change(call, times, gap=0.0):
    """`gap`: seconds from one to the next, where they are not longer themselves."""
    due = time.monotonic()
    for index in range(times):
        call.change(b"sendrecv" if index % 2 else b"sendonly")
        due = max(due + gap, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


def resident_at_rest(server):
    """KiB, once the transactions are gone."""
    wait_until(lambda: server.metric("holdfast_objects_alive", kind="transaction") == 0, 40, "no transaction is left", 0.1)
    return server.resident_kilobytes()
