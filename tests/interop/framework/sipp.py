"""SIPp: one scenario as one process, with its message and error traces in the case's folder."""
import itertools
import os
import random

from framework import patience
from framework.addresses import free_port
from framework.failure import Failure
from framework.process import Process
from framework.wire import Wire

# SIPp takes some more above it. Random, because all cases share ::1; apart from what free_port and the server take.
_media_ports = itertools.count(random.randrange(21000, 29000, 10), 10)


class Sipp:
    def __init__(self, stage, scenario, address, port=None, remote=None, transport="udp", calls=1, number="4930123",
                 name=None, options=()):
        """Without a remote it waits for calls, else it dials the number."""
        self.address, self.port = address, port or free_port(address)
        self.name = name or scenario.name
        path = stage.path(f"{self.name}.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(scenario.xml())
        bracketed = f"[{address}]" if ":" in address else address
        arguments = ["sipp", "-sf", path, "-i", bracketed, "-p", self.port, "-m", calls, "-s", number,
                     "-t", "u1" if transport == "udp" else "t1", "-nostdin",
                     "-timeout", f"{patience.real(40):.0f}s", "-timeout_error",
                     "-timer_resol", 1, "-trace_msg", "-message_file", stage.path(f"{self.name}.messages.log"),
                     "-trace_err", "-error_file", stage.path(f"{self.name}.errors.log"),
                     "-mi", bracketed, "-mp", next(_media_ports), "-ci", bracketed, *scenario.options, *options]
        if remote:
            host = f"[{remote[0]}]" if ":" in remote[0] else remote[0]
            arguments.append(f"{host}:{remote[1]}")
        self._messages = stage.path(f"{self.name}.messages.log")
        self.errors = stage.path(f"{self.name}.errors.log")
        self.process = stage.keep(_Closing(Process(arguments, stage.folder, self.name,
                                                   env={**os.environ, "TERM": "dumb"})))

    def expect_success(self, timeout=45):
        status = self.process.inner.wait(timeout)
        if status != 0:
            raise Failure(f"SIPp {self.name} ended with {status}\n{self._errors()}")

    def wire(self):
        """Once it has ended."""
        return Wire(self._messages, self.name)

    def _errors(self):
        try:
            with open(self.errors, encoding="utf-8", errors="replace") as text:
                return "".join(text.readlines()[-40:])
        except FileNotFoundError:
            return self.process.inner.tail()


class _Closing:
    def __init__(self, inner):
        self.inner = inner

    def close(self):
        self.inner.end(0.5)
