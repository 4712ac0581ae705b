"""One call with very many changes."""
import time
from collections import deque

from framework.case import case
from framework.failure import expect, expect_equal
from framework.long_call import LongCall
from framework.process import wait_until
from framework.server import sip_uri

CHANGES = 100_000
WARM_UP = 20_000
T1 = 0.05
GROWTH_KILOBYTES = 64
SANITIZED_SHARE = 20  # a sanitized server is slow, and keeps what is freed: a part of it, and no look at its memory


@case(timeout=200)
def hundred_thousand_reinvites(stage):
    """Held and resumed 50,000 times: `o=` has risen by one for each, on both legs, with one m-line and each payload number in
    its meaning, and the server has not grown by 64 KiB.
    """
    call = stage.keep(LongCall(stage.plan.a, stage.plan.b))
    server = stage.serve(sip_uri(stage.plan.b, call.b.port), log={"level": "warn"},
                         sip={"timers": {"t1": f"{T1 * 1000:.0f}ms"}})
    share = SANITIZED_SHARE if server.is_sanitized() else 1
    call.connect((stage.plan.server, stage.plan.port))
    pace = Pace()
    change(call, WARM_UP // share, pace)
    before = resident_at_rest(server)
    pace.keep()
    change(call, CHANGES // share, pace)
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
    stage.ends_by_itself()


def change(call, times, pace):
    for index in range(times):
        pace.step()
        call.change(b"sendrecv" if index % 2 else b"sendonly")


class Pace:
    """Fewer transactions at once than memory was taken for in the warm-up; else as fast as it goes. Fewer by a tenth: those of a
    change do not end all at the same distance from its beginning, and one more of them may double a table."""

    def __init__(self):
        self._recent = deque()  # when changes began whose transactions wait for their timers
        self._most, self._bound = 0, None

    def keep(self):
        self._bound = self._most * 9 // 10

    def step(self):
        now = time.monotonic()
        while self._recent and (self._recent[0] < now - 64 * T1 or len(self._recent) == self._bound):
            time.sleep(max(0.0, self._recent.popleft() + 64 * T1 - now))
            now = time.monotonic()
        self._recent.append(now)
        self._most = max(self._most, len(self._recent))


def resident_at_rest(server):
    """KiB, once the transactions are gone."""
    wait_until(lambda: server.metric("holdfast_objects_alive", kind="transaction") == 0, 40, "no transaction is left", 0.1)
    return server.resident_kilobytes()
