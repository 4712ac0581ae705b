"""Pages of the host's Chromium (host.mjs): any page, and one with a phone of one of the libraries in it."""
import itertools
import json
import os
import socket

from framework import patience, rtp, spectrum
from framework.failure import Failure, expect, expect_equal

LIBRARIES = ("sip-0.9.1", "sip-0.13.8", "sip-0.21.2")
COLOURS = {"a": "red", "b": "blue"}
FULL_SCALE = 32768
USERS = {"a": "alice", "b": "bob", "c": "carol"}
PASSWORD = "secret of a test"
HEARD = 15  # frames together that are no accident
# Its jitter buffer leaves out and repeats pieces of sound: where two meet in a frame, a tone spreads. Of two that are as
# loud neither is clear all the same.
CLEAR = 0.6
_SPECTRUM = {"sources": spectrum.SOURCES, "silence": spectrum.SILENCE_RMS / FULL_SCALE, "clear": CLEAR,
             "audible": spectrum.AUDIBLE}


class Page:
    """A page of the host's Chromium, and what it is told over a connection of its own."""

    def __init__(self, stage, name, **opening):
        self.name = name
        self._orders = itertools.count()
        self._answers = {}
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(os.environ["HOLDFAST_BROWSER_HOST"])
        self._lines = self._socket.makefile("rb")
        stage.keep(self)
        self._finish(self._send({"open": name, "log": stage.path(f"browser-{name}.log"), **opening}))

    def close(self):
        self._lines.close()
        self._socket.close()

    def _send(self, order):
        order["id"] = next(self._orders)
        self._socket.sendall(json.dumps(order).encode() + b"\n")
        return order["id"]

    def _finish(self, number):
        while number not in self._answers:
            line = self._lines.readline()
            if not line:
                raise Failure("the browsers' host has gone; see build/browser/host.log")
            answer = json.loads(line)
            self._answers[answer["id"]] = answer
        answer = self._answers.pop(number)
        if "error" in answer:
            raise Failure(f"browser {self.name}: {answer['error'].splitlines()[0]}")
        return answer.get("result")

    def run(self, script):
        """An expression of JavaScript."""
        return self._finish(self._send({"page": self.name, "script": script}))

    def press(self, *keys):
        """As a person does, wherever the focus is."""
        for key in keys:
            self._finish(self._send({"page": self.name, "press": key}))

    def reload(self):
        self._finish(self._send({"page": self.name, "reload": True}))

    def picture(self, path, whole=True):
        self._finish(self._send({"shot": self.name, "path": path, "whole": whole}))


class Browser(Page):
    """A phone. `name` is a source of spectrum.SOURCES, which it says, and stands for a user of the server, if none is named.
    `firewall`: address and port of the only way that its media has, which is one of TCP."""

    def __init__(self, stage, name, library="sip-0.21.2", websocket=None, domain=None, password=PASSWORD, user=None,
                 **more):
        self.user = user or USERS[name]
        options = {"websocket": websocket, "domain": domain, "user": self.user, "password": password,
                   "voice": spectrum.SOURCES.get(name, ()), "colour": COLOURS.get(name, "green"), "spectrum": _SPECTRUM, **more}
        super().__init__(stage, name, library=library, options=options)

    def begin(self, method, *arguments):
        """What is going on meanwhile; what is returned waits for its end."""
        number = self._send({"page": self.name, "call": method, "arguments": arguments})
        return lambda: self._finish(number)

    def do(self, method, *arguments):
        return self.begin(method, *arguments)()

    def take(self, event, seconds=5):
        """The first event of that name that was not taken yet."""
        return self.do("wait", event, patience.real(seconds))

    # What is heard and seen

    def hear(self, source, frames=HEARD, seconds=4):
        """Milliseconds until so many frames of it had been heard together."""
        return self.do("hear", source, frames, patience.real(seconds))

    def expect_only(self, source, seconds=1.0, share=0.9):
        """What is heard from now on. A page that is not let run hears nothing meanwhile."""
        labels = self.do("listen_for", round(seconds / rtp.FRAME_SECONDS))
        others = len(labels) - labels.count(source)
        expect(others <= patience.real(1 - share) * len(labels), f"{self.name} should hear {source}: {rtp.summary(labels)}")

    def sees(self, colour, seconds=4):
        """Waits for a picture of that colour."""
        self.do("see", colour, patience.real(seconds))

    def measure(self):
        return self.do("measure")

    def expect_directions(self, *wanted):
        expect_equal(self.measure()["directions"], list(wanted), f"directions of {self.name}")

    # Calls

    def registered(self):
        self.take("registered", 10)
        return self

    def dial(self, to, video=False):
        self.do("call", to, video)
        return self

    def answer(self, video=False):
        call = self.take("incoming", 8)["call"]
        self.do("answer", call, video)
        return self

    def is_up(self):
        self.take("up", 8)
        return self

    def is_over(self, seconds=5):
        return self.take("over", seconds)

    def hang_up(self, call=-1):
        self.do("bye", call)
