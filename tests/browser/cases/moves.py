"""Transfers, another network path, a WebSocket that is lost."""
from framework.failure import expect
from framework.phone import AutoAnswer
from telephone import Call
from world import each


@each()
def blind_transfer(stage, library):
    """The page transfers the telephone to a third user, whom that hears; the page is out of the call."""
    call = Call(stage, library)
    stage.keep(AutoAnswer(call.phone))
    carol = call.world.browser("c")
    call.page.do("transfer", -1, "carol")
    carol.answer().is_up()
    carol.hear("b")
    call.page.is_over()
    carol.hang_up()
    call.phone.dialog.expect_bye()
    call.world.server.expect_no_calls()


@each()
def attended_transfer(stage, library):
    """The page holds one call, makes another, and connects both peers."""
    call = Call(stage, library)
    stage.keep(AutoAnswer(call.phone))
    a, b = call.page, call.world.browser("c")
    a.do("hold", -1)
    call.phone.hear("music")
    a.dial("carol")
    b.answer().is_up()
    a.is_up()
    b.hear("a")
    a.do("transferTo", 0, 1)
    b.hear("b")
    a.is_over()
    a.is_over()
    b.hang_up()
    call.phone.dialog.expect_bye()
    call.world.server.expect_no_calls()


@each(libraries=("sip-0.21.2",))
def ice_restart(stage, library):
    """The page restarts ICE: both hear each other all the time, and the telephone is not bothered."""
    call = Call(stage, library)
    asked = len(call.phone.agent.received)
    call.page.do("restartIce", -1)
    call.page.expect_only("b", 1.0, share=0.95)
    call.talk()
    expect(len(call.phone.agent.received) == asked, "nothing is said to the telephone")
    call.hang_up()


@each()
def websocket_is_lost(stage, library):
    """The WebSocket breaks and comes again: the talk goes on meanwhile, and the call is held, resumed and ended over the new one."""
    call = Call(stage, library)
    call.page.do("breakConnection")
    call.page.expect_only("b", 1.0, share=0.95)
    call.phone.media.expect_only("a", 1.0)
    call.page.registered()
    stage.keep(AutoAnswer(call.phone))
    call.page.do("hold", -1)
    call.phone.hear("music")
    call.page.do("resume", -1)
    call.talk()
    call.phone.dialog.bye()
    call.page.is_over()
    call.world.server.expect_no_calls()
