"""Servers are restarted one after the other behind a dispatcher, under load: the upgrade that docs/operations.md describes."""
import os

from framework.case import case
from framework.failure import Failure, expect
from framework.kamailio import Kamailio
from framework.process import Process, wait_until
from framework.server import UNHURRIED, Holdfast, sip_uri

RATE, CALLS, TALK = 50, 900, 1000  # calls a second, in all; milliseconds

# As SIPp's own, and in the dialog by the route that was recorded.
CALLER = """\
<?xml version="1.0" encoding="utf-8"?>
<scenario name="caller through a proxy">
<send retrans="500"><![CDATA[
INVITE sip:4930123@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:caller@[local_ip]:[local_port]>;tag=[pid]a[call_number]
To: <sip:4930123@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=caller 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:caller@[local_ip]:[local_port]>;tag=[pid]a[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause/>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
From: <sip:caller@[local_ip]:[local_port]>;tag=[pid]a[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""


def sipp(stage, name, address, port, *words):
    arguments = ["sipp", "-i", address, "-p", port, "-mi", address, "-nostdin", "-trace_err", "-error_file",
                 stage.path(f"{name}.errors.log"), *words]
    process = Process(arguments, stage.folder, name, env={**os.environ, "TERM": "dumb"})
    stage.keep(Closing(process))
    return process


class Closing:
    def __init__(self, process):
        self.process = process

    def close(self):
        self.process.end(0.5)


def server(stage, name, address, proxy, callee):
    config = stage.plan.config(sip_uri(stage.plan.b, callee), sip={"listen": [f"udp://{address}:5060"], **UNHURRIED},
                               server={"drain_timeout": "30s", "state_dir": stage.path(f"state-{name}")},
                               media={"listen": [address]}, log={"level": "info"})
    config["trunks"]["a"]["allow"] = [f"{proxy}/32"]
    return stage.keep(Holdfast(stage.binary, stage.folder, config, name)).wait_ready()


def restart(one, caller):
    """Drained, it leaves with its last call and by itself; another takes its place and is called again."""
    def serves():
        expect(caller.is_running(), f"calls should still come\n{caller.tail()}")
        return one.calls()
    wait_until(serves, 10, "it has calls")
    one.upgrade(20)
    wait_until(serves, 10, "it is called again")


@case(timeout=90, alone=True)
def rolling_restart(stage):
    """Fifty calls a second through two servers behind a Kamailio dispatcher: each is drained and restarted in turn, no call
    fails."""
    plan, callee, proxy = stage.plan, 5060, stage.network.host(6)
    first = server(stage, "first", plan.server, proxy, callee)
    second = server(stage, "second", stage.network.host(5), proxy, callee)
    sipp(stage, "callee", plan.b, callee, "-sn", "uas")
    kamailio = Kamailio(stage, proxy, [f"sip:{plan.server}:5060", f"sip:{stage.network.host(5)}:5060"])
    with open(stage.path("caller.xml"), "w", encoding="utf-8") as out:
        out.write(CALLER)
    caller = sipp(stage, "caller", plan.a, 5070, "-sf", stage.path("caller.xml"), "-r", RATE, "-m", CALLS, "-d", TALK,
                  "-timeout", "60s", "-timeout_error", f"{kamailio.address}:{kamailio.port}")
    for one in (first, second):
        restart(one, caller)
    status = caller.wait(60)
    if status != 0:
        raise Failure(f"calls failed: SIPp ended with {status}\n{caller.tail(60)}\n{kamailio.process.tail()}")
    for one in (first, second):
        one.expect_no_calls()
