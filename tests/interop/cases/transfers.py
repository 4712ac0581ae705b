"""Transfers (RFC 3515, RFC 5589), blind, attended and relayed, and an INVITE with Replaces of somebody else (RFC 3891)."""
from urllib.parse import quote

from framework.case import case
from framework.failure import expect, expect_equal
from framework.message import tag_of
from framework.phone import AutoAnswer, expect_talk, hang_up
from framework.server import sip_uri


def call(caller, callee, number):
    invite = caller.dial(number)
    callee.answer(callee.ring())
    ok = caller.dialog.expect_status(invite, 200)
    caller.take(ok)
    caller.confirm(invite, ok)
    callee.dialog.expect("ACK")


def replaces(phone):
    """Names the phone's dialog to the server."""
    dialog = phone.dialog
    return f"{dialog.call_id};to-tag={tag_of(dialog.remote)};from-tag={tag_of(dialog.local)}"


def escaped_replaces(phone):
    """The same for a URI."""
    return quote(replaces(phone), safe="")


def expect_told(phone, status):
    """NOTIFYs up to the one that tells the final status."""
    while True:
        notify = phone.dialog.expect("NOTIFY")
        phone.dialog.reply(notify, 200, "OK")
        told = notify.body.decode()
        expect(told.startswith("SIP/2.0 "), f"a status line: {told}")
        if not told.startswith("SIP/2.0 1"):
            return expect_equal(told.split()[1], str(status), "what became of the transfer")


def refer(transferor, target):
    headers = [("Refer-To", f"<{target}>"), ("Contact", transferor.agent.contact())]
    transferor.dialog.expect_status(transferor.dialog.send("REFER", headers=headers), 202)


def parties(stage, transport="udp", host=None, **changes):
    """The transferor's two lines, silent, the transferee and the target; any of two shards owns any call."""
    plan, other = stage.plan, stage.network.host(5)
    first, second = (stage.phone(name, plan.a, transport=transport) for name in ("line1", "line2"))
    transferee, target = stage.phone("b", transport=transport), stage.phone("a", other, transport=transport)
    trunk_c = {"peers": [sip_uri(other, target.agent.port, transport)], "allow": [f"{other}/32"]}
    stage.serve(sip_uri(plan.b, transferee.agent.port, transport), server={"workers": 2},
                sip={"listen": [f"{transport}://{host or plan.server}:{plan.port}"]}, trunks={"c": trunk_c},
                routes=[{"to": "^1$", "target": "trunk:b"}, {"to": "^2$", "target": "trunk:c"}], **changes)
    return first, second, transferee, target


def transferred(stage, rounds, **options):
    first, second, transferee, target = parties(stage, **options)
    for _ in range(rounds):
        call(first, transferee, "1")
        call(second, target, "2")
        answering = [AutoAnswer(phone) for phone in (transferee, target)]
        refer(first, f"sip:{stage.plan.server}:{stage.plan.port}?Replaces={escaped_replaces(second)}")
        second.dialog.expect_bye()
        expect_told(first, 200)
        first.dialog.expect_bye()
        expect_talk(transferee, target)
        for each in answering:
            each.close()
        hang_up(transferee, target)
    expect_equal(stage.server.metric("holdfast_transfers_total", kind="attended", outcome="completed"), rounds, "counted")
    stage.server.expect_no_calls()


@case
def attended_transfer_on_two_shards(stage):
    """Eight times, so that both calls are of one shard or of two; at the end the parties talk to each other."""
    transferred(stage, 8)


@case
def attended_transfer_over_tcp(stage):
    """The same where nothing but TCP is listened to."""
    transferred(stage, 4, transport="tcp")


@case
def attended_transfer_on_all_addresses(stage):
    """The same where the server listens on 0.0.0.0."""
    transferred(stage, 4, host="0.0.0.0")


@case
def attended_transfer_to_an_ended_call(stage):
    """The consultation is over: the transferor is told 481, and its first call goes on."""
    first, second, transferee, target = parties(stage)
    call(first, transferee, "1")
    call(second, target, "2")
    hang_up(second, target)
    refer(first, f"sip:{stage.plan.server}?Replaces={escaped_replaces(second)}")
    expect_told(first, 481)
    hang_up(first, transferee)
    stage.server.expect_no_calls()


def blind(stage, status):
    """Two rounds: REFER to a target that answers so; what the transferor is told."""
    transferor, _, transferee, target = parties(stage)
    for _ in range(2):
        call(transferor, transferee, "1")
        answering = AutoAnswer(transferee)
        refer(transferor, f"sip:2@{stage.plan.server}:{stage.plan.port}")
        invite = target.ring()
        expect(invite.get("referred-by"), "the target is told who referred")
        if status == 200:
            target.answer(invite)
        else:
            target.dialog.reply(invite, status)
        target.dialog.expect("ACK")
        expect_told(transferor, status)
        yield transferor, transferee, target
        answering.close()
    stage.server.expect_no_calls()


@case
def blind_transfer(stage):
    """The target answers: the transferor is told 200 and gets BYE, the others talk to each other."""
    for transferor, transferee, target in blind(stage, 200):
        transferor.dialog.expect_bye()
        expect_talk(transferee, target)
        hang_up(transferee, target)
    expect_equal(stage.server.metric("holdfast_transfers_total", kind="blind", outcome="completed"), 2, "counted")


@case
def blind_transfer_refused(stage):
    """The target is busy: the transferor is told 486, and its call goes on."""
    for transferor, transferee, _ in blind(stage, 486):
        hang_up(transferor, transferee)
    expect_equal(stage.server.metric("holdfast_transfers_total", kind="blind", outcome="failed"), 2, "counted")


@case
def relayed_refer(stage):
    """renegotiation.refer: relay. REFER, also one with Replaces, reaches the other party, its NOTIFYs come back."""
    first, second, transferee, target = parties(stage, renegotiation={"refer": "relay"})
    call(first, transferee, "1")
    call(second, target, "2")
    for name in (f"sip:2@{stage.plan.server}", f"sip:2@{stage.plan.server}?Replaces={escaped_replaces(second)}"):
        contact = [("Contact", first.agent.contact())]
        request = first.dialog.send("REFER", headers=[("Refer-To", f"<{name}>"), *contact])
        relayed = transferee.dialog.expect("REFER")
        expect_equal(relayed.get("refer-to"), f"<{name}>", "Refer-To")
        contact = [("Contact", transferee.agent.contact())]
        transferee.dialog.reply(relayed, 202, headers=contact)
        first.dialog.expect_status(request, 202)
        state = [("Event", f"refer;id={relayed.cseq}"), ("Subscription-State", "terminated;reason=noresource")]
        notify = transferee.dialog.send("NOTIFY", "SIP/2.0 200 OK\r\n", [*state, *contact], content_type="message/sipfrag")
        expect_told(first, 200)
        transferee.dialog.expect_status(notify, 200)
    hang_up(first, transferee)
    hang_up(second, target)
    stage.server.expect_no_calls()


@case
def replaces_by_somebody_else(stage):
    """Four times, so that the call is of one shard or of another than the newcomer's Call-ID would have it."""
    replaced, _, partner, newcomer = parties(stage)
    for _ in range(4):
        call(replaced, partner, "1")
        answering = AutoAnswer(partner)
        invite = newcomer.dial("1", headers=[("Replaces", replaces(replaced)), ("Require", "replaces")])
        ok = newcomer.dialog.expect_status(invite, 200)
        newcomer.take(ok)
        newcomer.confirm(invite, ok)
        replaced.dialog.expect_bye()
        expect_talk(newcomer, partner)
        answering.close()
        hang_up(newcomer, partner)
    expect_equal(stage.server.metric("holdfast_transfers_total", kind="replaces", outcome="completed"), 4, "counted")
    stage.server.expect_no_calls()
