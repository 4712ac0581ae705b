"""Two baresip call each other through the server; what each heard is judged in its own recording.

baresip 1.0 loses its recording filter at the first re-INVITE, so a hold is judged in the packets that reach it.
"""
import threading

from framework import patience, rtp
from framework.addresses import free_port
from framework.baresip import RTP_PORTS, Baresip
from framework.capture import Capture
from framework.case import case
from framework.certificates import Authority
from framework.failure import expect, expect_equal
from framework.rtp import runs_of
from framework.scenario import Caller
from framework.server import sip_uri
from framework.sipp import Sipp

CALL = "b"  # baresip takes calls for its own user only


def connected(stage, srtp_a=None, srtp_b=None, **changes):
    """(a, b), in a call for a second."""
    plan = stage.plan
    b = Baresip(stage, "b", plan.b, rtp_ports=RTP_PORTS["b"], srtp=srtp_b)
    stage.serve(sip_uri(plan.b, b.port), **changes)
    a = Baresip(stage, "a", plan.a, rtp_ports=RTP_PORTS["a"], srtp=srtp_a)
    a.command("dial", f"sip:{CALL}@{plan.server}:{plan.port}")
    a.wait_event("CALL_ESTABLISHED")
    b.wait_event("CALL_ESTABLISHED")
    talk(1.0)
    return a, b


def talk(seconds):
    """baresip reports no audio: only time makes a recording longer."""
    threading.Event().wait(patience.real(seconds))


def hang_up(stage, a, b):
    a.command("hangup")
    b.wait_event("CALL_CLOSED")
    stage.server.expect_no_calls()
    a.process.end()
    b.process.end()


@case
def baresip_call(stage):
    """Each hears the other's tone, and nothing else for long."""
    a, b = connected(stage)
    talk(1.0)
    hang_up(stage, a, b)
    for phone, voice in ((a, "b"), (b, "a")):
        labels = phone.heard()
        audible = len(labels) - labels.count("silence")  # which is also what a phone records that was not let run
        expect(labels.count(voice) > 0.9 * audible and labels.count(voice) > 60,
               f"baresip {phone.name} should hear {voice}: {rtp.summary(labels)}")


@case
def baresip_hold(stage):
    """/hold of A: B hears the music; /resume: both talk on."""
    plan = stage.plan
    at_b, at_a = (Capture(stage, f"rtp-to-{name}", f"udp and src host {plan.server} and dst portrange {first}-{last}")
                  for name, (first, last) in RTP_PORTS.items())
    a, b = connected(stage, hold={"music": stage.music_file(), "when": "always"})
    a.command("hold")
    talk(1.5)
    a.command("resume")
    talk(1.5)
    hang_up(stage, a, b)
    heard = at_b.heard()
    expect(runs_of(heard) == ["a", "music", "a"], f"B should hear A, the music, A: {rtp.summary(heard)}")
    expect(not [label for label in heard if "a+" in label and "music" in label], "never both at once")
    expect(runs_of(at_a.heard()) == ["b"], "A hears B and nothing else")


@case
def sipp_offerless_reinvite_to_baresip(stage):
    """SIPp, which sends no media, re-INVITEs without SDP: baresip hears the music until SIPp resumes, and nothing else."""
    plan = stage.plan
    first, last = RTP_PORTS["b"]
    at_b = Capture(stage, "rtp-to-b", f"udp and src host {plan.server} and dst portrange {first}-{last}")
    b = Baresip(stage, "b", plan.b, rtp_ports=RTP_PORTS["b"])
    stage.serve(sip_uri(plan.b, b.port), hold={"music": stage.music_file()})
    caller = (Caller("caller", number=CALL).invite().answered().pause(500)
              .invite(None).answered("sendrecv", ack="inactive").pause(1500, exactly=True)
              .invite("sendrecv").answered("sendrecv").pause(500).bye())
    a = Sipp(stage, caller, plan.a, remote=(plan.server, plan.port))
    a.expect_success()
    b.wait_event("CALL_CLOSED")
    stage.server.expect_no_calls()
    b.process.end()
    heard = at_b.heard()
    _, held, resumed = (request.seconds for request in a.wire().requests("INVITE", sent=True))
    seconds = len(heard) * rtp.FRAME_SECONDS
    expect(runs_of(heard) == ["music"] and abs(seconds - (resumed - held)) < 0.1 + patience.real(0.3),
           f"B should hear {resumed - held:.3f} s of music and otherwise nothing: {rtp.summary(heard)}")


def talks_secured(stage, **srtp):
    """A call with hold and resume; A's packets on the wire are no voice, and each hears the other all the same."""
    first, last = RTP_PORTS["a"]
    to_a = Capture(stage, "rtp-to-a", f"udp and src host {stage.plan.server} and dst portrange {first}-{last}")
    a, b = connected(stage, **srtp)
    a.command("hold")
    talk(1.0)
    a.command("resume")
    talk(1.0)
    hang_up(stage, a, b)
    on_the_wire = to_a.heard()
    expect(on_the_wire.count("b") < 0.05 * len(on_the_wire), f"in the clear to A: {rtp.summary(on_the_wire)}")
    for phone, voice in ((a, "b"), (b, "a")):
        labels = phone.heard()
        expect(labels.count(voice) > 30, f"baresip {phone.name} should hear {voice}: {rtp.summary(labels)}")


@case
def baresip_with_required_srtp(stage):
    """RTP/SAVP on A's leg, RTP/AVP on B's."""
    talks_secured(stage, srtp_a="srtp-mand")


@case
def baresip_with_srtp_beside_rtp(stage):
    """A key in RTP/AVP (RFC 8643) on A's leg."""
    talks_secured(stage, srtp_a="srtp")


@case
def baresip_with_dtls(stage):
    """Keys by DTLS-SRTP (RFC 5763) on A's leg, RTP/AVP on B's."""
    talks_secured(stage, srtp_a="dtls_srtp", trunks={"a": {"media": {"srtp": "dtls"}}})


@case
def baresip_over_tls(stage):
    """Both under TLS, each side's certificate of the case's authority: a call with a hold and its music, hung up by B."""
    plan, port = stage.plan, free_port(stage.plan.server)
    authority = Authority(stage.folder)
    certificate, key = authority.issue("server", f"IP:{plan.server}")

    def phone(name, address):
        return Baresip(stage, name, address, rtp_ports=RTP_PORTS[name], authority=authority.certificate,
                       identity=authority.issue(f"phone-{name}", f"IP:{address}"))

    first, last = RTP_PORTS["b"]
    at_b = Capture(stage, "rtp-to-b", f"udp and src host {plan.server} and dst portrange {first}-{last}")
    b = phone("b", plan.b)
    # It calls streams from whatever address, as it sends RTP.
    stage.serve(sip_uri(plan.b, b.port, "tls"), hold={"music": stage.music_file(), "when": "always"},
                trunks={"a": {"allow": [f"{plan.a}/32", "127.0.0.1/32"]}},
                sip={"listen": [f"tls://{plan.server}:{port}"],
                     "tls": {"certificate": certificate, "key": key, "verify_peer": True, "ca": authority.certificate}})
    a = phone("a", plan.a)
    a.command("dial", f"sip:{CALL}@{plan.server}:{port}")  # it adds the transport of its account
    a.wait_event("CALL_ESTABLISHED")
    b.wait_event("CALL_ESTABLISHED")
    talk(1.0)
    a.command("hold")
    talk(1.5)
    a.command("resume")
    talk(1.5)
    expect_equal(stage.server.metric("holdfast_sip_connections", transport="tls"), 2, "connections")
    hang_up(stage, a, b)
    heard = at_b.heard()
    expect(runs_of(heard) == ["a", "music", "a"], f"B should hear A, the music, A: {rtp.summary(heard)}")
