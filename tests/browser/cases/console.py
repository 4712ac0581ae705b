"""The console at / of the admin listener, used as an operator does, on a real server with real calls."""
import json
import os

from browser import Page
from framework import patience
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import establish, hang_up
from framework.process import wait_until

DESK = {"width": 1280, "height": 800, "scheme": "light"}
HAND = {"width": 375, "height": 740, "scheme": "dark"}
UNHURRIED = {"timers": {"t1": "500ms"}}
TOKEN = "token of a test"


class Console(Page):
    def __init__(self, stage, look=None, place="/", name="console"):
        self.stage = stage
        self.admin = f"http://{stage.server.config['admin']['listen']}"
        super().__init__(stage, name, path=self.admin + place, look=look or DESK)

    def text(self, selector):
        """Of what is in sight."""
        return self.run(f"[...document.querySelectorAll({json.dumps(selector)})].filter((one) => one.checkVisibility())"
                        ".map((one) => one.textContent).join('\\n')")

    def shows(self, selector, words, seconds=6):
        wait_until(lambda: words in self.text(selector), patience.real(seconds),
                   lambda: f"{selector} shows «{words}»: «{self.text(selector)}»")

    def hides(self, selector, words=""):
        wait_until(lambda: not self.text(selector) or (words and words not in self.text(selector)), patience.real(6),
                   lambda: f"{selector} shows no «{words}»: «{self.text(selector)}»")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def say(self, selector, words):
        """Typed at once."""
        self.run(f"(one => {{ one.value = {json.dumps(words)}; one.dispatchEvent(new Event('input', {{bubbles: true}}));"
                 f" one.dispatchEvent(new Event('change', {{bubbles: true}})); }})(document.querySelector({json.dumps(selector)}))")

    def rows(self):
        return self.text(".row .to").split("\n")

    def expect_fits(self):
        """Nothing has to be pushed sideways."""
        wide = self.run("document.documentElement.scrollWidth - innerWidth")
        expect(wide <= 0, f"the page is {wide} px wider than the window")

    def is_clean(self):
        """No error and no violation of the policy: Chromium writes both into its console."""
        with open(self.stage.path(f"browser-{self.name}.log"), encoding="utf-8") as log:
            wrong = [line for line in log if " error " in line and "status of 4" not in line]
        expect(not wrong, f"the console of the page is clean: {wrong}")


def keep(stage, console, name, whole=True):
    """A picture for eyes, where CONSOLE_PICTURES names a folder."""
    folder = os.environ.get("CONSOLE_PICTURES")
    if folder:
        console.picture(os.path.join(folder, f"{name}.png"), whole)


def hold_that_b_refuses(a, b):
    request = a.reinvite(a.description("sendonly"))
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    a.media.say(None)
    b.hear("music")


@case
def console_held_call(stage):
    """A call appears, is held and healed: the list says so, its page shows why, the re-INVITE, the music; then it ends."""
    a, b = stage.phones(sip=UNHURRIED)
    console = Console(stage)
    console.shows(".frame .empty", "No call is up")
    establish(a, b)
    console.shows(".row .state", "up")
    hold_that_b_refuses(a, b)
    console.shows(".row .hold", "A holds ♪")
    keep(stage, console, "list", whole=False)
    console.press("j", "Enter")
    console.shows(".verdict", "refused with 488 Not Acceptable Here; kept B's session and played music")
    console.shows(".step.message", "488 Not Acceptable Here")
    console.shows(".step.message", "offer sendonly")
    console.shows(".step.media", "music to B starts")
    expect("b" in console.run("document.querySelector('.step:last-child').dataset.music"), "the music's span reaches down to now")
    console.shows(".band[data-band=music]", "music")
    console.shows(".facts", "up")
    keep(stage, console, "call")
    console.press("ArrowDown", "Enter")
    console.shows("dialog h2", "INVITE")
    console.press("Escape")
    console.hides("dialog")
    hang_up(a, b)
    console.shows(".facts .chip", "ended")
    console.press("Escape")
    console.shows(".frame .empty", "No call is up")
    console.is_clean()


@case
def console_failed_call(stage):
    """B refuses the call: who opens its page afterwards reads why at the top."""
    a, b = stage.phones()
    invite = a.dial("4930123")
    received = b.ring()
    call = stage.server.calls()[0]["id"]
    b.dialog.reply(received, 486, "Busy Here")
    a.dialog.expect_status(invite, 486)
    stage.server.expect_no_calls()
    console = Console(stage, place=f"/#/calls/{call}")
    console.shows(".verdict", "refused with 486")
    console.shows(".facts .chip", "failed")
    expect_equal(console.run("document.querySelector('.verdict').dataset.tone"), "failed", "tone of the sentence")
    unknown = Console(stage, place="/#/calls/never-was", name="unknown")
    unknown.shows("h1", "not known any more")
    console.is_clean()


@case
def console_operator(stage):
    """Hold and hang up by the page's buttons, each after a question that can be answered no."""
    a, b = stage.phones()
    establish(a, b)
    call = stage.server.calls()[0]["id"]
    console = Console(stage, place=f"/#/calls/{call}")
    console.shows(".call .buttons", "Hang up")
    console.click(".call .danger")
    console.shows("dialog h2", "Hang up this call?")
    console.click("dialog .plain")
    console.hides("dialog")
    expect_equal(len(stage.server.calls()), 1, "calls after no")
    console.click(".call .danger")
    console.click("dialog button")
    for phone in (a, b):
        phone.dialog.expect_bye()
    console.shows(".facts .chip", "ended")
    console.is_clean()


@case
def console_token(stage):
    """The page is there without a token, and asks for it: a wrong one again, the right one until the tab is closed."""
    stage.phones(admin={"token": TOKEN})
    stage.ends_by_itself()
    console = Console(stage)
    console.shows("dialog p", "admin.token")
    console.say("dialog input", "wrong")
    console.click("dialog button")
    console.shows("dialog p", "does not take this token")
    console.say("dialog input", TOKEN)
    console.click("dialog button")
    console.shows(".frame .empty", "No call is up")
    console.reload()
    console.shows(".frame .empty", "No call is up")
    console.is_clean()


@case
def console_drain_and_reload(stage):
    """A refused reload lists each error and stays until it is dismissed; a drain is said as long as it lasts."""
    a, b = stage.phones()
    establish(a, b)
    console = Console(stage)
    console.shows(".row .state", "up")
    good = stage.server.config
    stage.server.write_config({**good, "nonsense": 1, "log": {"level": "loud"}})
    console.click("#reload")
    console.shows("dialog h2", "Reload")
    console.click("dialog button")
    console.shows("#notice", "refused")
    console.shows("#notice li", "nonsense")
    console.shows("#notice li", "log.level")
    console.click("#notice button")
    console.hides("#notice")
    stage.server.write_config(good)
    console.click("#reload")
    console.click("dialog button")
    console.shows("#notice", "was reloaded")
    console.click("#drain")
    console.shows("dialog h2", "Drain")
    console.click("dialog button")
    console.shows("#draining", "draining")
    stage.server.may_leave()
    hang_up(a, b)
    console.shows("#lost", "Disconnected")
    stage.server.process.wait(10)


@case
def console_in_the_hand(stage):
    """375 px wide and dark: no view has to be pushed sideways; the switch makes it light."""
    a, b = stage.phones(sip=UNHURRIED)
    establish(a, b)
    hold_that_b_refuses(a, b)
    console = Console(stage, look=HAND)
    console.shows(".row .state", "up")
    dark = console.run("getComputedStyle(document.body).backgroundColor")
    console.expect_fits()
    keep(stage, console, "hand-list", whole=False)
    for place in ("recent", "trunks", "registrations"):
        console.run(f"location.hash = '#/{place}'")
        console.run("new Promise(requestAnimationFrame)")
        console.expect_fits()
    console.run("location.hash = '#/calls'")
    console.press("j", "Enter")
    console.shows(".verdict", "played music")
    console.expect_fits()
    keep(stage, console, "hand-call")
    console.click("#theme")
    expect(console.run("getComputedStyle(document.body).backgroundColor") != dark, "the switch changes the colours")
    console.is_clean()
    hang_up(a, b)


@case
def console_switched_off(stage):
    """`admin.console: false`: nothing at /, the API all the same."""
    stage.phones(admin={"console": False})
    expect_equal([stage.server.get(path)[0] for path in ("/", "/console/console.js", "/api/v1/status")], [404, 404, 200],
                 "/, its script, the API")
