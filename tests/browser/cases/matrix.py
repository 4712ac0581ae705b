"""Each version of SIP.js, as caller and as callee, with each kind of far end: a whole call.

Both talk; each holds and resumes, and the other hears music; digits both ways; the browser hangs up, or the far end.
"""
from browser import LIBRARIES
from far_ends import BaresipEnd, BrowserEnd, SippEnd
from framework.case import case
from framework.failure import expect_equal
from world import word

# Functions of the stage and whether the page calls them; it hangs up then.
FAR_ENDS = {
    "baresip": lambda stage, _: BaresipEnd(stage),
    "secured_baresip": lambda stage, _: BaresipEnd(stage, srtp_kind="srtp-mand"),
    "sipp": lambda stage, page_calls: SippEnd(stage, is_called=page_calls, hangs_up=not page_calls),
    "browser": lambda stage, _: BrowserEnd(stage),
}
USER = "alice"


def whole_call(stage, library, calls, make_far_end):
    far = make_far_end(stage, calls)
    page = far.world.browser("a", library)
    if calls:
        page.dial(far.number)
        far.answer()
    else:
        far.dial(USER)
        page.answer()
    page.is_up()
    far.is_up()
    both_talk(page, far)
    page.do("hold", -1)
    far.hears("music")
    page.do("resume", -1)
    both_talk(page, far)
    far.hold()
    page.hear("music")
    far.resume()
    both_talk(page, far)
    page.do("digit", -1, "5")
    far.hears_digit("5")
    far.says_digit_to(page)
    end(page, far, calls)


def both_talk(page, far):
    page.hear(far.name)
    far.hears(page.name)


def end(page, far, page_hangs_up):
    if page_hangs_up:
        page.hang_up()
        far.is_over()
    else:
        far.hang_up()
        page.is_over()
    far.world.server.expect_no_calls()
    far.judge()
    expect_equal(page.measure()["connections"], 1, "peer connections of the page")


def make(library, calls, kind):
    def one(stage):
        whole_call(stage, library, calls, FAR_ENDS[kind])
    role = "calls" if calls else "is_called_by"
    one.__name__ = f"{word(library)}_{role}_{kind}"
    one.__doc__ = f"A whole call: {library} {role.replace('_', ' ')} {kind.replace('_', ' ')}."
    case(timeout=90)(one)


for library in LIBRARIES:
    for calls in (True, False):
        for kind in FAR_ENDS:
            make(library, calls, kind)
