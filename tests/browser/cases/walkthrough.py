"""What the README promises a stranger, in its order: the server without any configuration, a Prometheus that scrapes it, two
browsers that call each other, the held call and its music on the console and in what the dashboards ask."""
import os
import urllib.request

from browser import Page
from cases.console import Console
from framework.case import case
from framework.failure import expect
from framework.process import Process, wait_until
from framework.prometheus import Prometheus, panels

ADMIN, METRICS = "http://127.0.0.1:9060", "127.0.0.1:9061"


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=1).status == 200
    except OSError:
        return False


class Tab(Page):
    """The softphone as the README says to open it: nothing is typed but whom to call."""

    def __init__(self, stage, user):
        super().__init__(stage, user, path=f"{ADMIN}/phone?user={user}")
        self.shows("#state", "is registered")

    def text(self, selector):
        return self.run(f"document.querySelector({selector!r})?.textContent ?? ''")

    def shows(self, selector, words):
        wait_until(lambda: words in self.text(selector), 8,
                   lambda: f"{selector} of {self.name} shows «{words}»: «{self.text(selector)}» «{self.text('#trouble')}»")

    def call(self, whom):
        self.run("(form => { form.target.value = %r; form.requestSubmit(); })(document.querySelector('#dial'))" % whom)

    def press(self, name):
        self.run(f"document.querySelector('article [data-do={name}]').click()")


def panel(title, legend_of):
    """What that panel asks for, of the expression that mentions `legend_of`."""
    return next(expression for place, expression in panels() if place.endswith(f", {title}") and legend_of in expression)


@case(alone=True, timeout=120)
def readme_walkthrough(stage):
    """A stranger runs it, Prometheus scrapes it, alice calls bob and holds: console and dashboards show the call and its music."""
    stage.ends_by_itself()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    server = Process([stage.binary], stage.folder, "holdfast", env=plain)
    stage.keep(Ended(server))
    wait_until(lambda: answers(f"{ADMIN}/readyz"), 10, lambda: f"it takes calls\n{server.tail()}")
    expect(f"{ADMIN}/phone?user=alice" in server.output(), "it says which page to open")
    prometheus = stage.keep(Prometheus(stage, "127.0.0.1", METRICS))
    alice, bob = Tab(stage, "alice"), Tab(stage, "bob")
    alice.call("bob")
    bob.shows("article .state", "is calling you")
    bob.press("answer")
    for tab in (alice, bob):
        tab.shows("article .state", "talking")
    alice.press("hold")
    alice.shows("article .state", "on hold")

    console = Console(stage, origin=ADMIN)
    console.shows(".row .hold", "A holds ♪")
    console.press("j", "Enter")
    console.shows(".step.message", "INVITE")
    console.shows(".step.media", "music to B starts")
    console.shows(".verdict", "the session of B stays as it is")

    def shows(title, part, value):
        expression = panel(title, part)
        wait_until(lambda: [sample for sample in prometheus.ask(expression) if float(sample["value"][1]) == value], 10,
                   lambda: f"«{title}» shows {value}: {prometheus.ask(expression)}")
    shows("Calls up", "holdfast_calls", 1)
    shows("Holds and music", "holdfast_holds_active", 1)
    shows("Holds and music", "holdfast_hold_music_active", 1)
    alice.press("hold")
    alice.shows("article .state", "talking")
    shows("Holds and music", "holdfast_hold_music_active", 0)
    alice.press("hangUp")
    bob.shows("article .state", "ended")
    shows("Calls up", "holdfast_calls", 0)
    console.is_clean()


class Ended:
    """By SIGTERM, which it follows at once where no call is up."""

    def __init__(self, server):
        self._server = server

    def close(self):
        expect(self._server.end(5) == 0, f"it leaves by itself\n{self._server.tail()}")
