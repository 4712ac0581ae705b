"""The page /phone that the server itself serves, used as a person would."""

from browser import PASSWORD, Page
from framework.case import case
from framework.failure import expect
from framework.process import wait_until
from world import World

FORM = """(form, fields) => {
    const found = document.querySelector(form);
    for (const [name, value] of Object.entries(fields)) { found[name].value = value; }
    found.requestSubmit();
}"""


class Softphone(Page):
    def __init__(self, stage, world, user):
        super().__init__(stage, user, path=f"http://{world.server.config['admin']['listen']}/phone?user={user}")
        self.shows("#state", "not registered")  # its script takes what is typed from here on
        self.fill("#account", user=user, password=PASSWORD)
        self.shows("#state", "is registered")

    def fill(self, form, **fields):
        self.run(f"({FORM})({form!r}, {fields!r})")

    def text(self, selector):
        return self.run(f"document.querySelector({selector!r})?.textContent ?? ''")

    def shows(self, selector, words, seconds=8):
        wait_until(lambda: words in self.text(selector), seconds,
                   lambda: f"{selector} of {self.name} shows «{words}»: «{self.text(selector)}» «{self.text('#trouble')}»")

    def press(self, name):
        self.run(f"document.querySelector('article [data-do={name}]').click()")


@case
def softphone(stage):
    """Alice calls Bob, both by the page: hold, resume, video, what it measures, the end; nothing in its console."""
    world = World(stage)
    alice, bob = Softphone(stage, world, "alice"), Softphone(stage, world, "bob")
    alice.fill("#dial", target="bob")
    bob.shows("article .state", "is calling you")
    bob.press("answer")
    for page in (alice, bob):
        page.shows("article .state", "talking")
        page.shows("article .quality", "lost")
    alice.press("hold")
    alice.shows("article .state", "on hold")
    alice.press("hold")
    alice.shows("article .state", "talking")
    alice.press("addVideo")
    bob.shows("article .quality", "×")
    bob.picture(stage.path("bob.png"))
    alice.press("hangUp")
    bob.shows("article .state", "ended")
    world.server.expect_no_calls()
    for page in (alice, bob):
        with open(stage.path(f"browser-{page.name}.log"), encoding="utf-8") as log:
            expect(" error " not in log.read(), f"the console of {page.name} is clean")
