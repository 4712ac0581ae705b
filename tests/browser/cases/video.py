"""Video added in the middle of a call between browsers, judged by the picture that is seen."""
from framework import patience
from framework.failure import expect, expect_equal
from framework.process import wait_until
from world import World, connect, each, talk


@each()
def video_is_added_by_caller(stage, library):
    """The caller adds its camera: the callee sees it and both still talk; the callee adds its own."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    connect(a, b, "bob")
    a.do("addVideo", -1)
    b.sees("red", 6)
    talk(a, b)
    b.do("addVideo", -1)
    a.sees("blue", 6)
    talk(a, b)
    before = a.measure()["framesDecoded"]
    a.hear("b", 50)
    expect(a.measure()["framesDecoded"] > before, "frames go on")
    a.hang_up()
    b.is_over()


@each()
def video_from_the_start(stage, library):
    """A call with video both ways, held and resumed."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    connect(a, b, "bob", video=True)
    a.sees("blue", 6)
    b.sees("red", 6)
    b.do("hold", -1)
    a.hear("music")
    b.do("resume", -1)
    talk(a, b)
    a.hang_up()
    b.is_over()


@each(libraries=("sip-0.21.2",))
def extensions_and_estimates_pass(stage, library):
    """Each browser hears how loud the other is, has its line named in what it gets, and learns what the other can take."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    connect(a, b, "bob", video=True)
    a.sees("blue", 6)
    b.sees("red", 6)
    for browser in (a, b):
        browser.do("hear_level", patience.real(4))
        agreed = browser.measure()["extensions"]
        expect("urn:ietf:params:rtp-hdrext:sdes:mid" in agreed["video"], f"a mid: {agreed}")
        expect("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" in agreed["video"], f"a time: {agreed}")
        expect(not any("transport-wide-cc" in uri for kind in agreed.values() for uri in kind), f"no transport-cc: {agreed}")
        expect(browser.measure()["availableOutgoingBitrate"] > 0, "an estimate of what it may send")
    estimates = "holdfast_rtcp_estimates_total"
    wait_until(lambda: world.server.metric(estimates, outcome="passed") >= 2, 5, "estimates passed on")
    expect_equal(world.server.metric(estimates, outcome="dropped"), 0, "estimates dropped")
    a.hang_up()
    b.is_over()
