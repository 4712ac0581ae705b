"""Browsers register, call each other and the built-in ends."""
import json

from browser import Browser
from framework.case import case
from framework.failure import expect_equal
from world import DOMAIN, World, connect, each, talk


@each()
def registers(stage, library):
    """It registers at a WebSocket, with a password; with another one it is refused."""
    world = World(stage)
    page = world.browser("a", library)
    expect_equal(world.server.metric("holdfast_registrations"), 1, "registrations")
    stranger = Browser(stage, "b", library, world.websocket, DOMAIN, password="another one")
    expect_equal(stranger.take("not registered")["status"], 401, "status")
    page.close()


@each()
def hears_milliwatt(stage, library):
    """It calls the tone of the server and hears it."""
    world = World(stage)
    page = world.browser("a", library)
    page.dial("milliwatt").is_up()
    page.hear("milliwatt")
    page.expect_only("milliwatt")
    page.hang_up()
    world.server.expect_no_calls()


@each()
def hears_itself(stage, library):
    """Its voice comes back from the echo: DTLS-SRTP both ways."""
    world = World(stage)
    page = world.browser("a", library)
    page.dial("echo").is_up()
    page.hear("a")
    measured = page.measure()
    expect_equal((measured["dtls"], measured["directions"]), ("connected", ["sendrecv"]), "its connection")
    page.hang_up()
    world.server.expect_no_calls()


@each()
def calls_another(stage, library):
    """It calls a browser of its kind; both talk, and the callee hangs up."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    connect(a, b, "bob")
    b.hang_up()
    a.is_over()
    world.server.expect_no_calls()


@each()
def rings_in_two_pages(stage, library):
    """Two pages of one user ring; the one that answers has the call, the other one stops ringing and may call."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    other = world.browser("c", library, user="bob")
    a.dial("bob")
    other.take("incoming", 8)
    b.answer()
    for page in (a, b):
        page.is_up()
    other.is_over()
    talk(a, b)
    other.dial("milliwatt").is_up()
    other.hear("milliwatt")
    a.hang_up()
    b.is_over()


@each(libraries=("sip-0.21.2",))
def called_by_its_own_address(stage, library):
    """A telephone calls the GRUU that the page has been given: the page, whose Contact it is, rings, is held and hung up on."""
    phone = stage.phone("b")
    world = World(stage, phone.agent.port)
    page = world.browser("a", library, registration={"regId": 1})
    status, body, _ = world.server.get("/api/v1/registrations")
    expect_equal(status, 200, "status of the registrations")
    instance = json.loads(body)["registrations"][0]["instance"]
    nobody = phone.dial("alice", transport_parameter=";gr=urn:uuid:0")
    phone.dialog.expect_status(nobody, 480)
    invite = phone.dial("alice", transport_parameter=f";gr={instance}")
    page.answer()
    ok = phone.dialog.expect_status(invite, 200, 8)
    phone.take(ok)
    phone.confirm(invite, ok)
    page.is_up()
    page.hear("b")
    hold = phone.reinvite(phone.description("inactive"))
    phone.take(phone.dialog.expect_status(hold, 200))
    phone.dialog.ack(hold)
    page.hear("music")
    bye = phone.dialog.send("BYE")
    phone.dialog.expect_status(bye, 200)
    page.is_over()
    world.server.expect_no_calls()


@case
def jssip_calls_sipjs(stage):
    """JsSIP, of which the server knows nothing, calls SIP.js, holds and is held, says a digit."""
    world = World(stage)
    a, b = world.browser("a", "jssip"), world.browser("b")
    connect(a, b, "bob")
    a.do("hold", -1)
    b.hear("music")
    a.do("resume", -1)
    b.hear("a")
    b.do("hold", -1)
    a.hear("music")
    b.do("resume", -1)
    a.hear("b")
    a.do("digit", -1, "5")
    expect_equal(b.take("digit")["tone"], "5", "digit")
    a.hang_up()
    b.is_over()
    world.server.expect_no_calls()
