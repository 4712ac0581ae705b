"""Pages behind firewalls that let no UDP through: media over TCP."""
from framework.addresses import free_port
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer
from framework.process import wait_until
from telephone import Call
from wire import Wire
from world import each


def call_by_tcp(stage, library):
    """Of a page that gets no further than to a wire, beyond which the server is."""
    server = stage.plan.server
    port = free_port(server)
    wire = stage.keep(Wire(server, free_port(server), (server, port)))
    changes = {"media": {"ice_tcp": {"port": port}}}
    return Call(stage, library, firewall=[wire.address, wire.port], **changes), wire


def connections(call):
    """One of each network that the page sees, of which it uses one."""
    return call.world.server.metric("holdfast_ice_tcp_connections")


def expect_tcp(call):
    expect_equal(call.page.measure()["protocol"], "tcp", "protocol of the pair in use")
    expect(connections(call) > 0, "connections should be counted")


@each(libraries=("sip-0.21.2",))
def talks_over_tcp(stage, library):
    """Where UDP gets nowhere the page and the telephone talk over TCP; a hold has its music, and the end is the end."""
    call, _ = call_by_tcp(stage, library)
    expect_tcp(call)
    call.page.expect_only("b")
    stage.keep(AutoAnswer(call.phone))
    call.page_holds_and_resumes()
    expect_tcp(call)
    call.hang_up()
    wait_until(lambda: connections(call) == 0, 10, "its connections are closed with the call")


@each(libraries=("sip-0.21.2",))
def connection_for_media_is_lost(stage, library):
    """The connection that carries the media breaks: the page makes another one, and both talk again without a request."""
    call, wire = call_by_tcp(stage, library)
    asked = len(call.phone.agent.received)
    expect(wire.carried > 0, "the page should come by the wire")
    before = wire.carried
    wire.cut()
    call.page.hear("b", seconds=15)
    call.phone.hear("a", timeout=15)
    expect(wire.carried > before, "another connection should have been made")
    expect_tcp(call)
    expect(len(call.phone.agent.received) == asked, "nothing is said to the telephone")
    call.hang_up()
