"""Child processes: started with their output in a file, waited for with a deadline, ended by their own id."""
import os
import signal
import subprocess
import time

from framework import patience
from framework.failure import Failure


class Process:
    def __init__(self, arguments, folder, name, env=None, stdin=subprocess.DEVNULL):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "ab") as output:
            self._child = subprocess.Popen(
                [str(argument) for argument in arguments], cwd=folder, env=env, stdin=stdin,
                stdout=output, stderr=subprocess.STDOUT)

    @property
    def pid(self):
        return self._child.pid

    def is_running(self):
        return self._child.poll() is None

    def write(self, text):
        """To its standard input, where that is a pipe."""
        self._child.stdin.write(text.encode())
        self._child.stdin.flush()

    def signal(self, number):
        self._child.send_signal(number)

    def wait(self, timeout):
        """The exit status. A process that outlives its deadline is ended and fails the case."""
        seconds = patience.real(timeout)
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end(0)
            raise Failure(f"{self.name} still ran after {seconds} s\n{self.tail()}") from None

    def runs_on(self, seconds):
        """Whether it has not ended within this time."""
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def end(self, grace=2):
        """SIGTERM, then SIGKILL. Returns the exit status."""
        if self.is_running():
            self._child.terminate()
            try:
                return self._child.wait(grace)
            except subprocess.TimeoutExpired:
                self._child.send_signal(signal.SIGKILL)
        return self._child.wait()

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return text.read()

    def tail(self, lines=30):
        return f"--- {self.log}\n" + "\n".join(self.output().splitlines()[-lines:])


def wait_until(condition, timeout, what, interval=0.02):
    """Asks until the condition holds and returns its value; what cannot be waited for by an event."""
    seconds = patience.real(timeout)
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Failure(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(interval)
