"""A call between a page and a telephone of the tests, which says exactly what it is told."""
from framework.failure import expect
from world import FAR_NUMBER, World


class Call:
    """Of a page, which calls, and a telephone of ours."""

    def __init__(self, stage, library, page_calls=True, firewall=None, **changes):
        self.phone = stage.phone("b")
        self.world = World(stage, self.phone.agent.port, **changes)
        self.page = self.world.browser("a", library, firewall=firewall)
        self.connect(page_calls)

    def connect(self, page_calls=True):
        if page_calls:
            self.page.dial(FAR_NUMBER)
            self.phone.answer(self.phone.ring())
            self.phone.dialog.expect("ACK")
        else:
            invite = self.phone.dial("alice")
            self.page.answer()
            ok = self.phone.dialog.expect_status(invite, 200, 8)
            self.phone.take(ok)
            self.phone.confirm(invite, ok)
        self.page.is_up()
        self.talk()

    def talk(self):
        self.page.hear("b")
        self.phone.hear("a")

    def page_holds_and_resumes(self):
        """The telephone, which answers by itself, hears music; then both talk again."""
        self.page.do("hold", -1)
        self.phone.hear("music")
        self.page.do("resume", -1)
        self.talk()

    def reinvite(self, direction, answered):
        request = self.phone.reinvite(self.phone.description(direction))
        ok = self.phone.dialog.expect_status(request, 200)
        expect(self.phone.take(ok).direction == answered, f"{direction} should be answered {answered}: {ok.body}")
        self.phone.dialog.ack(request)

    def hang_up(self):
        self.page.hang_up()
        self.phone.dialog.expect_bye()
        self.world.server.expect_no_calls()
