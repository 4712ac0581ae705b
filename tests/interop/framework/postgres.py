"""A PostgreSQL server of a case's own: its data in a temporary folder, on a socket of its own, under the user that the
package made, for it refuses to run as root."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile

from framework import patience
from framework.failure import Failure
from framework.process import Process, wait_until

USER = "postgres"


class Postgres:
    def __init__(self, folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise Failure("PostgreSQL is not installed")
        self._programs, self._folder = found[-1], folder
        self._place = tempfile.mkdtemp(prefix="holdfast-pg-")  # short: a socket's path may have 107 bytes
        owner = pwd.getpwnam(USER)
        os.chown(self._place, owner.pw_uid, owner.pw_gid)
        os.chmod(self._place, 0o755)
        self._data = os.path.join(self._place, "data")
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync", "--locale=C")
        self.process = None
        self.start()

    @property
    def url(self):
        return f"postgresql://{USER}@/{USER}?host={self._place.replace('/', '%2F')}"

    def start(self):
        """As after a crash, if it was killed."""
        self.process = Process(self._as_owner("postgres", "-D", self._data, "-k", self._place, "-h", "", "-F"),
                               self._folder, "postgres")
        wait_until(lambda: self._is_ready(), 20, "PostgreSQL takes connections")

    def kill(self):
        """At once, with all of its connections."""
        self.process.signal(signal.SIGQUIT)
        self.process.wait(20)

    def ask(self, sql):
        """The rows, as texts."""
        done = self._run("psql", "-h", self._place, "-U", USER, "-qAtX", "-F", "\t", "-c", sql)
        return [line.split("\t") for line in done.splitlines()]

    def close(self):
        if self.process.is_running():
            self.kill()
        shutil.rmtree(self._place, ignore_errors=True)

    def _is_ready(self):
        if not self.process.is_running():
            raise Failure(f"PostgreSQL left at its start\n{self.process.tail()}")
        return subprocess.run(self._as_owner("pg_isready", "-q", "-h", self._place), check=False,
                              timeout=patience.real(10)).returncode == 0

    def _as_owner(self, program, *arguments):
        command = [os.path.join(self._programs, program), *arguments]
        if os.geteuid() != 0:
            return command
        return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]

    def _run(self, program, *arguments):
        done = subprocess.run(self._as_owner(program, *arguments), capture_output=True, text=True, check=False,
                              timeout=patience.real(60), cwd="/")
        if done.returncode != 0:
            raise Failure(f"{program} {' '.join(arguments)}: {done.stderr}")
        return done.stdout
