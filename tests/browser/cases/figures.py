"""How soon: set-up between browsers, an answer to a hold, the first picture, and how long a lost WebSocket is heard."""
from framework import patience
from framework.case import case
from framework.failure import expect
from framework.phone import AutoAnswer
from framework.rtp import FRAME_SECONDS, now
from telephone import Call
from world import World, connect

CALLS = 20
HOLDS = 200
PICTURES = 5
LOSSES = 5
TOGETHER = 5  # frames in which a voice is known
FRAME = 1000 * FRAME_SECONDS


def set_up(stage):
    """From the caller's first INVITE, which is challenged, until each hears the other."""
    world = World(stage)
    a, b = world.browser("a"), world.browser("b")
    return [one_set_up(world, a, b) for _ in range(CALLS)]


def one_set_up(world, a, b):
    for page in (a, b):
        page.hear("silence", TOGETHER)
    earlier = len(a.do("answered", "INVITE"))
    heard = [page.begin("heard_at", other.name, TOGETHER, patience.real(5)) for page, other in ((a, b), (b, a))]
    answered = b.begin("answerNext", patience.real(5))
    a.dial("bob")
    answered()
    last = max(wait() for wait in heard)
    a.is_up()
    b.is_up()
    invite = a.do("answered", "INVITE")[earlier]
    a.hang_up()
    b.is_over()
    a.is_over()
    world.server.expect_no_calls()
    return last - invite["at"]


def hold(stage):
    """From a re-INVITE of the page to its answer."""
    call = Call(stage, "sip-0.21.2")
    stage.keep(AutoAnswer(call.phone))
    earlier = len(call.page.do("answered", "INVITE"))
    for _ in range(HOLDS // 2):
        call.page.do("hold", -1)
        call.page.do("resume", -1)
    times = [one["milliseconds"] for one in call.page.do("answered", "INVITE")[earlier:]]
    call.hang_up()
    return times


def first_picture(stage):
    """From the end of the exchange in which the caller added its camera until the callee sees it."""
    world = World(stage)
    a, b = world.browser("a"), world.browser("b")
    times = []
    for _ in range(PICTURES):
        connect(a, b, "bob")
        seen = b.begin("done_at", "see", "red", patience.real(6))
        changed = a.do("done_at", "addVideo", -1)
        times.append(max(0, seen() - changed))
        a.hang_up()
        b.is_over()
        a.is_over()
    return times


def gap(stage):
    """The longest time without sound, either way, while a WebSocket is lost and comes again."""
    call = Call(stage, "sip-0.21.2")
    return [one_gap(call) for _ in range(LOSSES)]


def one_gap(call):
    started = now()
    listening = call.page.begin("listen_for", 75)
    call.page.do("breakConnection")
    call.page.registered()
    at_page = longest_run(label != call.phone.voice for label in listening()) * FRAME
    arrivals = [packet.arrival for packet in call.phone.media.since(started)]
    at_phone = max(after - before for before, after in zip(arrivals, arrivals[1:])) / 1e6
    return max(at_page, at_phone - FRAME)


def longest_run(values):
    longest = run = 0
    for value in values:
        run = run + 1 if value else 0
        longest = max(longest, run)
    return longest


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


FIGURES = (  # function, what, share of the calls, their limit in ms
    (set_up, "set-up between browsers, to audio both ways", 0.95, 500),
    (hold, "hold and resume answered to a browser", 0.99, 10),
    (first_picture, "first picture after video was added", 1.0, 500),
    (gap, "gap in the sound over a lost WebSocket", 1.0, 60),
)


def make(measure, what, share, limit):
    def one(stage):
        times = measure(stage)
        reached = percentile(times, share)
        print(f"{what:<45} median {percentile(times, .5):6.1f}  p{share * 100:<3.0f} {reached:6.1f}  wanted {limit:3} ms  of {len(times)}")
        expect(reached <= patience.real(limit), f"{what}: {reached:.1f} ms, {limit} wanted: {sorted(times)}")
    one.__name__ = f"figure_{measure.__name__}"
    one.__doc__ = measure.__doc__
    case(timeout=120, alone=True)(one)


for figure in FIGURES:
    make(*figure)
