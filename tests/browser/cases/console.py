"""The console at / of the admin listener, used as an operator does, on a real server with real calls."""
import json
import os
import signal

from browser import Page
from framework import patience
from framework.addresses import free_port
from framework.case import case
from framework.dialog import Dialog
from framework.events import Events
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, expect_talk, hang_up
from framework.process import Process, wait_until
from framework.runner import ROOT
from framework.server import sip_uri

DESK = {"width": 1280, "height": 800, "scheme": "light"}
HAND = {"width": 375, "height": 740, "scheme": "dark"}
UNHURRIED = {"timers": {"t1": "500ms"}}
TOKEN = "token of a test"


class Console(Page):
    def __init__(self, stage, look=None, place="/", name="console", origin=None):
        self.stage = stage
        self.origin = origin or f"http://{stage.server.config['admin']['listen']}"
        super().__init__(stage, name, path=self.origin + place, look=look or DESK)

    def text(self, selector):
        """Of what is in sight."""
        return self.run(f"[...document.querySelectorAll({json.dumps(selector)})].filter((one) => one.checkVisibility())"
                        ".map((one) => one.textContent).join('\\n')")

    def shows(self, selector, words, seconds=6):
        wait_until(lambda: words in self.text(selector), seconds,
                   lambda: f"{selector} shows «{words}»: «{self.text(selector)}»")

    def hides(self, selector, words=""):
        wait_until(lambda: not self.text(selector) or (words and words not in self.text(selector)), 6,
                   lambda: f"{selector} shows no «{words}»: «{self.text(selector)}»")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def say(self, selector, words):
        """Typed at once."""
        self.run(f"(one => {{ one.value = {json.dumps(words)}; one.dispatchEvent(new Event('input', {{bubbles: true}}));"
                 f" one.dispatchEvent(new Event('change', {{bubbles: true}})); }})(document.querySelector({json.dumps(selector)}))")

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


CHOOSE = """(select => {
    select.value = [...select.options].find((one) => one.text.includes(%s)).value;
    select.dispatchEvent(new Event("change"));
})(document.querySelector(".diff-box select"))"""


def choose_diff(console, words):
    """Of the pairs of descriptions the first whose title has these words."""
    console.run(CHOOSE % json.dumps(words))


def hold_that_b_refuses(a, b):
    request = a.reinvite(a.description("sendonly"))
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    b.dialog.expect("ACK")
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request)
    a.media.say(None)
    b.hear("music")


LISTS = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/v1/calls?')).length"


@case
def console_held_call(stage):
    """A call appears, is held and healed: the list says so, its page shows why, the re-INVITE, the music; then it ends."""
    a, b = stage.phones(sip=UNHURRIED)
    console = Console(stage)
    console.shows("#link", "live")
    console.shows(".frame .empty", "No call is up")
    establish(a, b)
    console.shows(".row .state", "up")
    hold_that_b_refuses(a, b)
    console.shows(".row .hold", "A holds ♪")
    expect_equal(console.run(LISTS), 1, "times that the list was asked for: the rest was told by events")
    keep(stage, console, "list", whole=False)
    console.press("j", "Enter")
    console.shows(".verdict", "refused with 488 Not Acceptable Here; kept B's session and played music")
    console.shows(".step.message", "488 Not Acceptable Here")
    console.shows(".step.message", "offer sendonly")
    console.shows(".step.media", "music to B starts")
    expect("b" in console.run("document.querySelector('.step:last-child').dataset.music"), "the music's span reaches down to now")
    console.shows(".band[data-band=music]", "music")
    console.shows(".facts", "up")
    choose_diff(console, "against what A said before")
    console.shows(".diff .line[data-mark=changed]", "a=sendrecv")
    console.shows(".diff .line[data-mark=changed]", "a=sendonly")
    choose_diff(console, "what B was offered")
    console.shows(".diff .line[data-mark=changed]", "o=")
    keep(stage, console, "call")
    console.press("ArrowDown", "Enter")
    console.shows("dialog h2", "INVITE")
    console.shows("dialog", "Max-Forwards: ")
    console.press("Escape")
    console.hides("dialog")
    console.run("HTMLAnchorElement.prototype.click = function () { window.saved = [this.download, this.href.split(':')[0]]; }")
    console.click(".call .buttons button")
    wait_until(lambda: console.run("window.saved ?? null"), 6, "the call's packets are saved")
    expect_equal(console.run("window.saved"), [f"{stage.server.calls()[0]['id']}.pcapng", "blob"], "the file and where it comes from")
    hang_up(a, b)
    console.shows(".facts .chip", "ended")
    console.press("Escape")
    console.shows(".frame .empty", "No call is up")
    console.run("location.hash = '#/recent'")
    console.shows("td[data-name='From']", "caller")
    console.press("j", "Enter")
    console.shows(".verdict", "played music")
    console.is_clean()


FORGETFUL = """void (real => { window.fetch = (path, ...rest) => real(path.replace("/calls/", "/calls/gone-"), ...rest); })(fetch)"""


@case
def console_failed_call(stage):
    """B refuses the call: who opens its page afterwards reads why at the top, and once the ladder is gone in its record."""
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
    console.run("location.hash = '#/recent'")
    console.shows("td[data-name='Cause']", "486")
    console.run(FORGETFUL)
    console.press("j", "Enter")
    console.shows(".verdict", "A is refused with 486")
    console.shows(".call .table th", "Call-ID")
    keep(stage, console, "record")
    unknown = Console(stage, place="/#/calls/never-was", name="unknown")
    unknown.shows("h1", "not known any more")
    console.is_clean()


def order(console, words):
    """By the button of a call's page, which keeps the focus, and the question that it asks."""
    console.shows(".call .buttons button", words)
    console.run(f"""(one => {{ one.focus(); one.click(); }})([...document.querySelectorAll(".call .buttons button")]
                    .find((one) => one.textContent === {json.dumps(words)}))""")
    console.shows("dialog h2", f"{words}?")
    console.click("dialog button")
    console.hides("dialog")


@case
def console_operator(stage):
    """Hold, resume and hang up by the page's buttons, each after a question that can be answered no."""
    a, b = stage.phones()
    establish(a, b)
    answers = [AutoAnswer(a), AutoAnswer(b)]
    call = stage.server.calls()[0]["id"]
    console = Console(stage, place=f"/#/calls/{call}")
    order(console, "Hold B")
    b.hear("music")
    console.shows(".call .buttons button", "Resume B")
    expect_equal(console.run("document.activeElement.textContent"), "Resume B", "where the focus is")
    order(console, "Resume B")
    expect_talk(a, b)
    console.shows(".call .buttons button", "Hold B")
    for each in answers:
        each.close()
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


HOSTILE = "<img src=x onerror=console.error(1)>\u202egnp.elif"


def expect_harmless(console):
    """What peers said is text: no element has come of it."""
    expect_equal(console.run("document.querySelectorAll('img, [onerror]').length"), 0, "elements that a peer made")


@case
def console_hostile_texts(stage):
    """Markup and a change of direction in what both peers say are text in the list, the ladder, a message, the records."""
    a, b = stage.phones(sip=UNHURRIED)
    a.dialog = Dialog.to(a.agent, a.server, "4930123", display=f'"{HOSTILE}" ')
    said = [("User-Agent", HOSTILE), ("Warning", f'399 x "{HOSTILE}"'), ("Reason", f'SIP;cause=486;text="{HOSTILE}"')]
    invite = a.dialog.send("INVITE", a.description(), said)
    received = b.ring()
    console = Console(stage)
    console.shows(".row .from", "caller")
    expect_harmless(console)
    console.press("j", "Enter")
    console.shows(".step.message", "INVITE")
    console.press("ArrowDown", "Enter")
    console.shows("dialog pre", HOSTILE)
    expect_harmless(console)
    console.press("Escape")
    b.dialog.reply(received, 486, HOSTILE, headers=said)
    a.dialog.expect_status(invite, 486)
    console.shows(".facts .chip", "failed")
    console.shows(".step.message .sdp", "<img src=x")
    expect_harmless(console)
    keep(stage, console, "hostile")
    console.run("location.hash = '#/recent'")
    console.shows("td[data-name='From']", "caller")
    console.shows("td[data-name='Cause']", "486")
    expect_harmless(console)
    console.is_clean()


@case
def console_trunks(stage):
    """What their peers said last; one that goes down is shown as soon as it is told."""
    dead = sip_uri(stage.plan.b, free_port(stage.plan.b), "tcp")
    stage.phones(trunks={"dead": {"peers": [dead], "options_ping": "1s"}})
    console = Console(stage, place="/#/trunks")
    console.shows("td[data-name='State']", "not asked")
    console.shows("td[data-name='State']", "down", 10)
    console.shows("td[data-name='Peers']", f"{dead} down since ")
    console.is_clean()


@case
def console_one_too_many(stage):
    """Where as many watch as may, the page says so and claims nothing; it is live as soon as there is room."""
    stage.phones()
    watching = [Events(stage) for _ in range(64)]
    console = Console(stage)
    console.shows("#lost", "as many watch the events as may")
    console.shows(".frame .empty", "the server does not tell")
    for one in watching:
        one.close()
    console.shows("#link", "live", 20)
    console.hides("#lost")


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
def console_says_that_a_reload_was_refused(stage):
    """A bad file and SIGHUP: the page lists the errors unasked, once, and says so beside the date until a reload is taken."""
    stage.serve()
    console = Console(stage)
    console.shows("#version", ".")
    good = stage.server.config
    stage.server.write_config({**good, "nonsense": 1})
    stage.server.process.signal(signal.SIGHUP)
    console.shows("#notice li", "nonsense")
    console.shows("#config", "reload refused")
    console.click("#notice button")
    console.hides("#notice")
    stage.server.write_config(good)
    stage.server.process.signal(signal.SIGHUP)
    wait_until(lambda: "refused" not in console.run("document.getElementById('config').textContent"), 10,
               "it is said no more once a reload was taken")
    console.shows("#notice", "The configuration was reloaded")
    console.is_clean()


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


CALLS = 5000
CHANGES_A_SECOND = 100
FIRST_PAINT = 1000  # ms
LONG_TASK = 100     # ms: nobody sees a shorter one
LISTED = """new Promise((done) => {
    const look = () => document.querySelector(".row .to")?.textContent ? done(performance.now()) : requestAnimationFrame(look);
    look();
})"""
WATCHED = """new Promise((done) => {
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
    const begin = performance.now();
    const frame = (frames) => performance.now() - begin > 3000 ? done({ tasks, frames }) : requestAnimationFrame(() => frame(frames + 1));
    frame(0);
})"""

PLACES = """[...document.querySelectorAll(".head .cell")].map((head) => {
    const cell = document.querySelector(`.row:not([hidden]) .${head.className.split(" ").at(-1)}`);
    return [head, cell].map((one) => one.getBoundingClientRect().left);
})"""


def fixture(stage, calls=CALLS, changes=CHANGES_A_SECOND):
    page = ROOT / "server/http/console"
    bundle = next(path for path in sorted(ROOT.glob("build/*/phone/console.js")))
    server = Process(["node", ROOT / "tests/browser/console_fixture.mjs", calls, changes, bundle, page], stage.path("."), "fixture")
    stage.keep(_Ended(server))
    return wait_until(lambda: server.output().strip(), 10, "the fixture says where it is")


class _Ended:
    def __init__(self, process):
        self._process = process

    def close(self):
        self._process.end()


@case
def console_five_thousand_calls(stage):
    """5,000 calls and 100 changes a second: painted within a second, no task that is felt; search, filter, order and keys work."""
    console = Console(stage, origin=fixture(stage))
    listed = console.run(LISTED)
    painted = console.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    print(f"painted after {painted:.0f} ms, listed after {listed:.0f} ms")
    expect(painted < patience.real(FIRST_PAINT), f"first paint after {painted:.0f} ms")
    expect(listed < patience.real(2 * FIRST_PAINT), f"calls are listed after {listed:.0f} ms")
    console.shows("#link", "live")
    console.shows(".counted", "5,000 calls")
    seen = console.run(WATCHED)
    print(f"{seen['frames']} frames in 3 s, long tasks {[round(task) for task in seen['tasks']]} ms")
    expect(max(seen["tasks"], default=0) < patience.real(LONG_TASK), f"no long task: {seen}")
    expect(console.run("document.querySelectorAll('.row').length") < 100, "only rows in sight are elements")
    wait_until(lambda: float(console.text("#rate")) > 10, 12, "calls a second are counted")
    places = console.run(PLACES)
    expect(all(abs(head - cell) <= 1 for head, cell in places), f"cells stand beneath their heads: {places}")
    console.run("document.querySelector('.row').dispatchEvent(new PointerEvent('pointermove', { bubbles: true }))")
    console.shows(".counted", " not listed yet")
    console.run("document.querySelector('.rows').dispatchEvent(new PointerEvent('pointerleave'))")
    console.hides(".counted", "not listed yet")
    console.press("/")
    console.say(".search", "user17")
    console.shows(".counted", " of 5,000")
    wait_until(lambda: all("user17" in words for words in console.text(".row .b").split("\n")), 3,
               "only calls of user17… are listed")
    console.press("Escape", "Escape")
    console.shows(".counted", "5,000 calls")
    console.click(".filters .check input")
    console.shows(".counted", " of 5,000")
    wait_until(lambda: set(console.text(".row .hold").split("\n")) == {"A holds ♪"}, 3, "only held calls are listed")
    console.click(".filters .check input")
    console.click("[data-column=to]")
    expect_equal(console.run("document.querySelector('[data-column=to]').dataset.order"), "up", "the order that is shown")

    def numbers():
        return console.run("[...document.querySelectorAll('.row')].filter((row) => !row.hidden).sort((a, b) => a.top - b.top)"
                           ".map((row) => row.querySelector('.to').textContent)")
    wait_until(lambda: len(numbers()) > 10 and numbers() == sorted(numbers()), 3,
               lambda: f"rows are in the order of their numbers: {numbers()}")
    console.run("document.querySelector('.grid').focus()")
    console.press("End")
    console.shows("[aria-selected=true] .to", "2")
    below = console.run("document.querySelector('.rows').scrollTop")
    expect(below > 100_000, f"End leads to the last call: {below}")
    keep(stage, console, "many", whole=False)
    console.click("#theme")
    keep(stage, console, "many-dark", whole=False)
    console.is_clean()


@case
def console_reconnects(stage):
    """Streams that ended, also while the page was out of sight, are taken up again; a reload that was refused is said."""
    console = Console(stage, origin=fixture(stage, calls=3, changes=0))
    console.shows("#link", "live")
    console.run("window.links = []; new MutationObserver(() => links.push(document.querySelector('#link').textContent))"
                ".observe(document.querySelector('#link'), { childList: true, characterData: true, subtree: true })")
    console.run("fetch('/fixture/cut', { method: 'POST' }).then(() => true)")
    wait_until(lambda: console.run("links.includes('disconnected') && links.at(-1) === 'live'"), 10, "it is live again")
    for hidden, link in (("true", "connecting"), ("false", "live")):
        console.run(f"Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }})")
        console.run("document.dispatchEvent(new Event('visibilitychange'))")
        console.shows("#link", link)
    console.run("fetch('/fixture/refuse', { method: 'POST' }).then(() => true)")
    console.shows("#notice li", "holdfast.yaml:3:1: sip.listen: nonsense")
    console.shows(".counted", "3 calls")
    console.is_clean()
