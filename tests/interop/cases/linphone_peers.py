"""linphone and baresip call each other through the server, hold each other and resume, and hear the music meanwhile.

What linphone heard is judged in its own recording, what baresip heard in the packets that reach it: baresip 1.0 loses its
recording filter at the first re-INVITE. linphone goes on sending its own file when it holds: hence hold.when.
"""
import threading

from framework import patience
from framework.baresip import Baresip
from framework.capture import Capture
from framework.case import case
from framework.failure import expect
from framework.linphone import Linphone
from framework.rtp import summary
from framework.server import sip_uri

ESTABLISHED = "Media streams established"
BARESIP_PORTS = (31000, 31998)  # apart, because baresip sends from whatever address
HEARD = 10  # frames in a row


def talk(seconds):
    """Neither says what it hears: only time makes a recording longer."""
    threading.Event().wait(patience.real(seconds))


def runs_of(labels):
    """The sources heard for HEARD frames together, in order; moments without any are left out."""
    runs, count = [], 0
    for index, label in enumerate(labels):
        count = count + 1 if index and labels[index - 1] == label else 1
        if count == HEARD and runs[-1:] != [label] and label != "silence":
            runs.append(label)
    return runs


def hold_each_other(linphone, baresip):
    """Both talk; linphone holds and resumes; baresip holds and resumes."""
    talk(1.5)
    linphone.command("pause")
    linphone.wait_said("is now paused")
    talk(1.5)
    linphone.command("resume 1")
    linphone.wait_said(ESTABLISHED)
    talk(1.5)
    baresip.command("hold")
    linphone.wait_said("has been paused by")
    talk(1.5)
    baresip.command("resume")
    linphone.wait_said(ESTABLISHED)
    talk(1.5)


def judge(linphone, heard_by_baresip, voice):
    """`voice`: baresip's."""
    expect(runs_of(heard_by_baresip) == [linphone.name, "music", linphone.name],
           f"baresip should hear linphone, the music, linphone: {summary(heard_by_baresip)}")
    heard = linphone.heard()
    expect(runs_of(heard) == [voice, "music", voice],
           f"linphone should hear baresip, the music, baresip: {summary(heard)}")


def tap(stage, host):
    first, last = BARESIP_PORTS
    return Capture(stage, "rtp-to-baresip", f"udp and src host {host} and dst portrange {first}-{last}")


@case
def linphone_calls_baresip(stage):
    """linphone dials, holds, resumes, is held, and hangs up."""
    plan = stage.plan
    at_baresip = tap(stage, plan.server)
    b = Baresip(stage, "b", plan.b, rtp_ports=BARESIP_PORTS)
    stage.serve(sip_uri(plan.b, b.port), hold={"music": stage.music_file(), "when": "always"})
    a = Linphone(stage, "a", plan.a)
    a.command(f"call sip:b@{plan.server}:{plan.port}")
    a.wait_said(ESTABLISHED)
    b.wait_event("CALL_ESTABLISHED")
    hold_each_other(a, b)
    a.command("terminate")
    b.wait_event("CALL_CLOSED")
    stage.server.expect_no_calls()
    a.quit()
    judge(a, at_baresip.heard(), "b")


@case
def baresip_calls_linphone(stage):
    """baresip dials; linphone holds, resumes, is held; baresip hangs up."""
    plan = stage.plan
    at_baresip = tap(stage, plan.server)
    b = Linphone(stage, "b", plan.b)
    stage.serve(sip_uri(plan.b, b.port), hold={"music": stage.music_file(), "when": "always"})
    a = Baresip(stage, "a", plan.a, rtp_ports=BARESIP_PORTS)
    a.command("dial", f"sip:b@{plan.server}:{plan.port}")
    b.wait_said(ESTABLISHED)
    a.wait_event("CALL_ESTABLISHED")
    hold_each_other(b, a)
    a.command("hangup")
    b.wait_said("ended")
    stage.server.expect_no_calls()
    b.quit()
    judge(b, at_baresip.heard(), "a")
