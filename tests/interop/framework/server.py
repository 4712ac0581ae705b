"""The holdfast under test: its configuration, start, readiness, HTTP face and end."""
import http.client
import json
import os
import re
import signal

from framework import patience
from framework.addresses import bracketed, free_port
from framework.failure import Failure, expect
from framework.process import Process, wait_until

START_SECONDS = 15
LEAVE_SECONDS = 15
SANITIZER_REPORT = re.compile(r"ERROR: AddressSanitizer|ERROR: LeakSanitizer|runtime error:|WARNING: ThreadSanitizer")


def merged(base, changes):
    """`changes` over `base`, section by section; lists and scalars are replaced."""
    out = dict(base)
    for key, value in changes.items():
        out[key] = merged(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


SECRET_KEYS = ("password", "token")
KEYS_IN_SDP = re.compile(r"inline:|a=ice-pwd")


def secrets_of(config):
    """Those that are no words which a log may say all the same."""
    if isinstance(config, list):
        return [secret for value in config for secret in secrets_of(value)]
    if not isinstance(config, dict):
        return []
    own = [value for key, value in config.items() if key in SECRET_KEYS and isinstance(value, str) and len(value) >= 8]
    return own + [secret for value in config.values() for secret in secrets_of(value)]


class Holdfast:
    def __init__(self, binary, folder, config, name="holdfast", arguments=(), wrapper=()):
        self.folder, self.name = folder, name
        if not isinstance(config, str):  # what the server keeps, it keeps in the folder of its case
            config = merged({"server": {"state_dir": os.path.join(folder, "state")}}, config)
        self.config = config
        self.path = os.path.join(folder, f"{name}.yaml")
        self.write_config(config)
        self._admin = self._endpoint("admin")
        self._metrics = self._endpoint("metrics")
        self._may_leave = False
        self.token = None  # of its API
        self.kept_ports = 0  # the shared port of browsers, which a shard that had one keeps
        self._binary = binary
        self._command = [*wrapper, binary, "serve", "-c", self.path, *arguments]
        self.process = Process(self._command, folder, name)

    @property
    def pid(self):
        return self.process.pid

    def write_config(self, config):
        """JSON is YAML."""
        text = config if isinstance(config, str) else json.dumps(config, indent=2)
        with open(self.path, "w", encoding="utf-8") as out:
            out.write(text + "\n")

    def _endpoint(self, section):
        listen = self.config[section]["listen"]
        host, _, port = (self.config["admin"]["listen"] if listen == "same" else listen).rpartition(":")
        return host.strip("[]"), int(port)

    def wait_ready(self):
        def ready():
            if not self.process.is_running():
                raise Failure(f"the server left at start\n{self.process.tail()}")
            try:
                return self.get("/readyz")[0] == 200
            except OSError:
                return False
        wait_until(ready, START_SECONDS, "/readyz says 200")
        return self

    # HTTP

    def request(self, method, path, endpoint=None, body=None, headers=None):
        """(status, body text, headers)"""
        host, port = endpoint or self._admin
        if self.token and headers is None:
            headers = {"Authorization": f"Bearer {self.token}"}
        connection = http.client.HTTPConnection(host, port, timeout=patience.real(3))
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def probe(self, path):
        """The statuses of the API's listener and of that of the metrics, which Kubernetes asks."""
        return self.get(path)[0], self.request("GET", path, self._metrics)[0]

    def calls(self):
        status, body, _ = self.get("/api/v1/calls")
        expect(status == 200, f"/api/v1/calls answered {status}: {body}")
        answer = json.loads(body)
        return answer if isinstance(answer, list) else answer["calls"]

    def metrics(self):
        """«name{labels}» → value"""
        status, body, _ = self.request("GET", "/metrics", self._metrics)
        expect(status == 200, f"/metrics answered {status}")
        values = {}
        for line in body.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                values[name] = float(value)
        return values

    def metric(self, name, **labels):
        """Sum over the series of this name that carry these labels."""
        total = 0.0
        for series, value in self.metrics().items():
            key, _, rest = series.partition("{")
            if key == name and all(f'{label}="{wanted}"' in rest for label, wanted in labels.items()):
                total += value
        return total

    def is_sanitized(self):
        with open(self._binary, "rb") as binary:
            return re.search(b"__[at]san_init", binary.read()) is not None

    def resident_kilobytes(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

    def hang_up_all(self):
        for call in self.calls():
            self.request("DELETE", f"/api/v1/calls/{call['id']}")

    def expect_no_calls(self, timeout=3):
        wait_until(lambda: self.calls() == [], timeout, lambda: f"no call is left: {self.calls()}")

    def expect_nothing_alive(self, timeout=40):
        """No call, and nothing that one has held: 64·T1 after the last request at the latest."""
        def alive():
            all_kinds = {series: value for series, value in self.metrics().items()
                         if series.startswith(("holdfast_calls{", "holdfast_objects_alive{"))}
            expect(len(all_kinds) == 10, f"4 states of calls and 6 kinds of objects are counted: {all_kinds}")
            ports = 'holdfast_objects_alive{kind="port"}'
            if all_kinds[ports] <= self.kept_ports:
                del all_kinds[ports]
            return {series: value for series, value in all_kinds.items() if value}
        wait_until(lambda: not alive(), timeout, lambda: f"nothing is left: {alive()}", interval=0.25)

    # End

    def restart(self):
        self.close()
        self.process = Process(self._command, self.folder, self.name)
        return self.wait_ready()

    def upgrade(self, timeout):
        """Drained, it leaves with its last call and by itself; then another process takes its place."""
        self.process.signal(signal.SIGTERM)
        status = self.process.wait(timeout)
        expect(status == 0, f"the drained server ended with status {status}\n{self.process.tail()}")
        self.process = Process(self._command, self.folder, self.name)
        return self.wait_ready()

    def kill(self):
        """As kill -9 does, and then another process on the same ports that knows nothing of this one."""
        self.process.signal(signal.SIGKILL)
        self.process.wait(5)
        self.process = Process(self._command, self.folder, self.name)
        return self.wait_ready()

    def may_leave(self):
        """The case ends the server itself."""
        self._may_leave = True

    def _serves(self):
        """One that is leaving does not: a signal would kill it, while a sanitized one still looks for leaks."""
        try:
            return self.get("/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def close(self):
        """Ends it; fails if it had left by itself, did not leave well, a sanitizer spoke, or the log tells a secret."""
        alive = self.process.is_running()
        if alive:
            self.process.signal(signal.SIGTERM)  # drain: without calls it leaves
            if self.process.runs_on(1.0) and self._serves():
                self.process.signal(signal.SIGTERM)  # at once
            self.process.runs_on(patience.real(LEAVE_SECONDS))
        status = self.process.end()
        report = SANITIZER_REPORT.search(self.process.output())
        expect(not report, f"a sanitizer spoke\n{self.process.tail(60)}")
        self._expect_no_secret()
        expect(alive or self._may_leave, f"the server left by itself with {status}\n{self.process.tail()}")
        expect(self._may_leave or status == 0, f"the server ended with status {status}\n{self.process.tail()}")

    def _expect_no_secret(self):
        output = self.process.output()
        for secret in secrets_of(self.config):
            expect(secret not in output, f"a password or token of the configuration stands in the log of {self.name}")
        expect(not KEYS_IN_SDP.search(output), f"keys of a session stand in the log of {self.name}")


# For a case in which the server must repeat nothing: a phone of ours may be let run later than the T1 of the other cases.
UNHURRIED = {"timers": {"t1": "500ms"}}


class Plan:
    """Addresses of a case: the server, and a trunk for each leg told apart by its source address."""

    def __init__(self, network):
        self.server = network.host(1)
        self.a = network.host(2)
        self.b = network.host(3)
        self.admin = network.host(4)
        self.port = free_port(self.server)

    def config(self, b_uri, **changes):
        """From trunk a everything goes to trunk b, from b to a; the numbers music, echo, milliwatt to the built-in ends."""
        base = {
            "server": {"workers": 1, "drain_timeout": "2s"},
            "log": {"level": "debug"},
            "sip": {"listen": [f"udp://{self.server}:{self.port}", f"tcp://{self.server}:{self.port}"],
                    "timers": {"t1": "75ms"}},  # so that 64·T1, after which nothing is left, is not long
            "media": {"listen": [self.server], "ports": "20000-20999"},
            "trunks": {
                "a": {"peers": [f"sip:{self.a}:5060"], "allow": [f"{self.a}/32"]},
                "b": {"peers": [b_uri], "allow": [f"{self.b}/32"]},
            },
            "routes": [{"to": f"^{name}$", "target": f"app:{name}"} for name in ("music", "echo", "milliwatt")]
            + [{"from": "trunk:a", "to": ".*", "target": "trunk:b"}],
            "admin": {"listen": f"{self.admin}:{free_port(self.admin)}"},
            "metrics": {"listen": f"{self.admin}:{free_port(self.admin)}"},
        }
        return merged(base, changes)


def sip_uri(address, port, transport="udp"):
    return f"sip:{bracketed(address)}:{port}" + ("" if transport == "udp" else f";transport={transport}")
