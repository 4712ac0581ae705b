"""Ends that are no browser of the case's library, driven alike: what they do in a call with a browser, and what they heard."""
import threading

from browser import Browser
from framework import patience, rtp, srtp
from framework.addresses import free_port
from framework.baresip import RTP_PORTS, Baresip
from framework.capture import Capture
from framework.failure import expect
from framework.scenario import Callee, Caller
from framework.sipp import Sipp
from world import FAR_NUMBER, World

DIGIT = "7"  # of the far end


def expect_told(page):
    """SIP.js before 0.20 tells a page of its own digits too."""
    while page.take("digit")["tone"] != DIGIT:
        pass


def wait(seconds):
    """What a peer says nowhere that it has heard: only time makes its recording longer."""
    threading.Event().wait(patience.real(seconds))


class BaresipEnd:
    """RTP/AVP, or RTP/SAVP with SDES keys. What it hears is judged in the packets that reached it, at the end."""
    number = FAR_NUMBER
    name = "b"

    def __init__(self, stage, srtp_kind=None, **changes):
        plan = stage.plan
        first, last = RTP_PORTS["b"]
        self._capture = Capture(stage, "rtp-to-b", f"udp and src host {plan.server} and dst portrange {first}-{last}")
        self.phone = Baresip(stage, "b", plan.b, rtp_ports=RTP_PORTS["b"], srtp=srtp_kind)
        media = {"srtp": "required" if srtp_kind else "off"}
        # baresip goes on sending while it holds.
        self.world = World(stage, self.phone.port, **{"hold": {"when": "always"}, "trunks": {"b": {"media": media}}, **changes})
        self._target = f"{plan.server}:{plan.port}"
        self._secured = srtp_kind is not None
        self._expected = []

    def dial(self, user):
        self.phone.command("dial", f"sip:{user}@{self._target}")

    def answer(self):
        """It does so by itself."""

    def is_up(self):
        self.phone.wait_event("CALL_ESTABLISHED")

    def hears(self, source):
        wait(0.5)
        self._expected.append(source)

    def hold(self):
        self.phone.command("hold")

    def resume(self):
        self.phone.command("resume")

    def says_digit_to(self, page):
        """In RTP, of which no page is told: the server says it by INFO."""
        self.phone.command("sndcode", DIGIT)
        expect_told(page)

    def hears_digit(self, digit):
        event = self.phone.wait_event("CALL_DTMF_START")
        expect(event.get("param") == digit, f"baresip should be told {digit}: {event}")

    def hang_up(self):
        self.phone.command("hangup")

    def is_over(self):
        self.phone.wait_event("CALL_CLOSED")

    def judge(self):
        """All that it heard, in order."""
        self.phone.process.end()
        if self._secured:
            heard = self._capture.heard(srtp.Opener(srtp.keys_in(self.phone.process.output())).open)
        else:
            heard = self._capture.heard()
        runs = [label for label in rtp.runs_of(heard) if label in ("a", "b", "music")]
        wanted = [label for at, label in enumerate(self._expected) if at == 0 or self._expected[at - 1] != label]
        expect(runs == wanted, f"baresip should hear {', '.join(wanted)}: {rtp.summary(heard)}")


class SippEnd:
    """What it does is written down beforehand, in the order of cases/matrix.py; what it hears it says back."""
    number = FAR_NUMBER
    name = "a"
    TALKS, HOLDS = 3000, 2000  # ms

    def __init__(self, stage, is_called, hangs_up, **changes):
        plan = stage.plan
        self._stage, self._is_called = stage, is_called
        side = Callee("far").expect_invite().reply(180).answer() if is_called else Caller("far", "alice").invite().answered()
        for offered, answered in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):  # the page holds, and resumes
            side.expect("INVITE", offered).reply(200, answered).expect_ack()
        side.pause(self.TALKS).invite("inactive").answered("inactive").pause(self.HOLDS).invite("sendrecv").answered("sendrecv")
        side.expect("INFO").reply_plainly()
        side.press(DIGIT)
        self._side = side.bye() if hangs_up else side.expect_bye()
        self._capture = Capture(stage, "rtp-to-b", f"udp and src host {plan.server} and dst host {plan.b}")
        self._port = free_port(plan.b)
        if is_called:
            self._start()
        self.world = World(stage, self._port, **changes)

    def _start(self, remote=None):
        self._sipp = Sipp(self._stage, self._side, self._stage.plan.b, self._port, remote, options=("-rtp_echo",))

    def dial(self, user):
        self._start((self._stage.plan.server, self._stage.plan.port))

    def answer(self):
        pass

    is_up = hold = resume = hang_up = answer

    def hears(self, source):
        wait(0.5)

    def hears_digit(self, digit):
        """SIPp waits for its INFO."""

    def says_digit_to(self, page):
        expect_told(page)

    def is_over(self):
        self._sipp.expect_success()

    def judge(self):
        self._sipp.expect_success()
        runs = [label for label in rtp.runs_of(self._capture.heard()) if label in ("a", "music")]
        expect(runs == ["a", "music", "a"], f"SIPp should be sent a, music, a: {rtp.summary(self._capture.heard())}")


class BrowserEnd:
    """Another browser, of SIP.js 0.21.2 where nothing else is said."""
    number = "bob"
    name = "b"

    def __init__(self, stage, library="sip-0.21.2", **changes):
        self.world = World(stage, **changes)
        self.page = self.world.browser("b", library)

    def dial(self, user):
        self.page.dial(user)

    def answer(self):
        self.page.answer()

    def is_up(self):
        self.page.is_up()

    def hears(self, source):
        self.page.hear(source)

    def hold(self):
        self.page.do("hold", -1)

    def resume(self):
        self.page.do("resume", -1)

    def says_digit_to(self, page):
        self.page.do("digit", -1, DIGIT)
        expect_told(page)

    def hears_digit(self, digit):
        told = self.page.take("digit")
        expect(told["tone"] == digit, f"the far browser should be told {digit}: {told}")

    def hang_up(self):
        self.page.hang_up()

    def is_over(self):
        self.page.is_over()

    def judge(self):
        """Has been done as it went."""
