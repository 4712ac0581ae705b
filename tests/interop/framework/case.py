"""A case: a function that is given a Stage, and the Stage: what the case has set up, taken down in reverse."""
import os
import sys
import traceback

from framework import spectrum, wav
from framework.addresses import Network
from framework.phone import Phone
from framework.server import Holdfast, Plan, sip_uri

CASES = {}


def case(function=None, *, timeout=60, alone=False):
    """Registers a case under its function's name. `alone`: it measures what other cases beside it would change."""
    def register(body):
        body.timeout, body.alone = timeout, alone
        CASES[body.__name__] = body
        return body
    return register(function) if function else register


class Stage:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self._to_close = []
        self.network = Network()
        self._to_close.append(self.network)
        self.plan = Plan(self.network)
        self.log = open(os.path.join(folder, "sip.log"), "w", encoding="utf-8")
        self._to_close.append(self.log)
        self.server = None
        self._hangs_up = True

    def keep(self, thing):
        """Closed at the end, after everything that was made later."""
        self._to_close.append(thing)
        return thing

    def path(self, name):
        return os.path.join(self.folder, name)

    def music_file(self, rate=8000, channels=1):
        """The chord that spectrum calls «music»."""
        return self.sound_file("music", rate, channels)

    def sound_file(self, source, rate=8000, channels=1):
        """Two seconds of what spectrum.SOURCES calls so."""
        path = self.path(f"{source}.wav")
        wav.write_source(path, source, 2, rate, channels)
        return path

    def phone(self, name, address=None, **options):
        """`a` and `b` say what spectrum.SOURCES calls so; others are silent."""
        address = address or getattr(self.plan, name)
        voice = name if name in spectrum.SOURCES else None
        server = (self.plan.server, self.plan.port)
        return self.keep(Phone(name, address, voice, **{"server": server, "log": self.log, **options}))

    def serve(self, b_uri=None, ready=True, arguments=(), **changes):
        """Starts the server with the plan's configuration and these changes."""
        config = self.plan.config(b_uri or sip_uri(self.plan.b, 5060), **changes)
        return self.serve_config(config, ready, arguments)

    def serve_config(self, config, ready=True, arguments=()):
        self.server = self.keep(Holdfast(self.binary, self.folder, config, arguments=arguments))
        return self.server.wait_ready() if ready else self.server

    def phones(self, transport_a="udp", transport_b="udp", hold=None, **changes):
        """The server between two phones, with the test's music: (a, b)"""
        b = self.phone("b", transport=transport_b)
        music = {"music": self.music_file()}
        self.serve(sip_uri(self.plan.b, b.agent.port, transport_b), hold={**music, **(hold or {})}, **changes)
        a = self.phone("a", transport=transport_a)
        return a, b

    def ends_by_itself(self):
        """No call is left to be hung up at the end."""
        self._hangs_up = False

    def expect_nothing_left(self):
        """Of a case that passed: calls that it left are hung up, and then nothing is left that any of them held."""
        if not self.server or not self.server.process.is_running():
            return
        if self._hangs_up:
            self.server.hang_up_all()
        self.server.expect_nothing_alive()

    def close(self):
        """Takes all down, whatever fails; returns what failed."""
        failures = []
        for thing in reversed(self._to_close):
            try:
                thing.close()
            except Exception as failure:  # the rest must still be taken down
                failures.append(failure)
        return failures


def run_case(name, binary, folder, on_ending=lambda: None):
    """Runs one case in this process; returns what failed, which is printed. `on_ending`: there is only waiting left."""
    stage = Stage(binary, folder)
    failures = []
    try:
        CASES[name](stage)
        on_ending()
        stage.expect_nothing_left()
    except Exception as failure:
        traceback.print_exc(file=sys.stdout)
        failures.append(failure)
    for failure in stage.close():
        print(f"at the end: {failure}")
        failures.append(failure)
    return failures
