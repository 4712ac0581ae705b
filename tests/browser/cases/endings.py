"""A call that ends, in each of its states, by the page or by the telephone."""
from framework.failure import expect
from framework.phone import AutoAnswer
from telephone import Call
from world import FAR_NUMBER, World, each


@each()
def before_it_is_up(stage, library):
    """The page cancels a call that rings; the telephone refuses one; the page refuses one; the telephone cancels one."""
    phone = stage.phone("b")
    world = World(stage, phone.agent.port)
    page = world.browser("a", library)
    page.dial(FAR_NUMBER)
    invite = phone.ring()
    phone.dialog.reply(invite, 180)
    page.take("progress")
    page.do("cancel", -1)
    phone.dialog.reply(phone.dialog.expect("CANCEL"), 200)
    phone.dialog.reply(invite, 487)
    page.is_over()
    page.dial(FAR_NUMBER)
    phone.dialog.reply(phone.ring(), 486)
    expect(page.is_over().get("status") == 486, "the page is told 486")
    request = phone.dial("alice")
    page.do("refuse", page.take("incoming")["call"], 486)
    phone.dialog.expect_status(request, 486)
    page.is_over()
    request = phone.dial("alice")
    page.take("incoming")
    phone.dialog.expect_status(phone.dialog.cancel(request), 200)
    phone.dialog.expect_status(request, 487)
    page.is_over()
    world.server.expect_no_calls()


@each()
def while_held(stage, library):
    """BYE from the page that holds; from the telephone while the page holds; from the page that is held."""
    call = Call(stage, library)
    answers = AutoAnswer(call.phone)
    call.page.do("hold", -1)
    call.phone.hear("music")
    call.hang_up()
    answers.close()
    call.connect()
    answers = AutoAnswer(call.phone)
    call.page.do("hold", -1)
    call.phone.hear("music")
    call.phone.dialog.bye()
    call.page.is_over()
    answers.close()
    call.connect()
    call.reinvite("inactive", "inactive")
    call.page.hear("music")
    call.hang_up()


@each()
def while_a_change_is_open(stage, library):
    """BYE from the page while the telephone has not answered its hold yet; from the telephone in the same state."""
    call = Call(stage, library)
    call.page.begin("hold", -1)
    open_one = call.phone.dialog.expect("INVITE")
    call.page.hang_up()
    call.phone.dialog.reply(open_one, 200, "OK", call.phone.description("recvonly"))
    call.phone.dialog.expect_bye()
    call.world.server.expect_no_calls()
    call.connect()
    call.page.begin("hold", -1)
    open_one = call.phone.dialog.expect("INVITE")
    call.phone.dialog.bye()
    call.phone.dialog.reply(open_one, 487)
    call.page.is_over()
    call.world.server.expect_no_calls()
