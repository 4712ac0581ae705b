"""A Prometheus of a case's own, and what the shipped dashboards ask one."""
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from framework import patience
from framework.addresses import free_port
from framework.failure import Failure, expect_equal
from framework.process import Process, wait_until

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
RULES = DEPLOY / "prometheus/rules"
VARIABLES = {"$__rate_interval": "30s", "$instance": ".*", "$trunk": ".*"}


class Prometheus:
    """At `address`, with the shipped rules; asks `target` four times a second."""

    def __init__(self, stage, address, target):
        self._base = f"http://{address}:{free_port(address)}"
        config = {"global": {"scrape_interval": "250ms", "scrape_timeout": "250ms", "evaluation_interval": "250ms"},
                  "rule_files": [str(RULES / "*.yaml")],
                  "scrape_configs": [{"job_name": "holdfast",
                                      "static_configs": [{"targets": [target]}]}]}
        path = stage.path("prometheus.yml")
        Path(path).write_text(json.dumps(config), encoding="utf-8")
        self._process = Process(["prometheus", f"--config.file={path}", f"--storage.tsdb.path={stage.path('tsdb')}",
                                 f"--web.listen-address={self._base.removeprefix('http://')}", "--log.level=warn"],
                                stage.folder, "prometheus")
        wait_until(self._is_ready, 20, "Prometheus is ready")

    def _is_ready(self):
        if not self._process.is_running():
            raise Failure(f"Prometheus left at its start\n{self._process.tail()}")
        try:
            return urllib.request.urlopen(f"{self._base}/-/ready", timeout=patience.real(2)).status == 200
        except OSError:
            return False

    def ask(self, expression):
        """The vector that it answers with."""
        query = urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(f"{self._base}/api/v1/query?{query}", timeout=patience.real(10)) as reply:
                answer = json.load(reply)
        except urllib.error.HTTPError as error:
            raise Failure(f"{expression}: {error.read().decode()}") from None
        expect_equal(answer["status"], "success", expression)
        return answer["data"]["result"]

    def close(self):
        self._process.end()


def panels():
    """Dashboard and panel, expression, as Grafana would ask it."""
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for panel in document["panels"]:
            for target in panel["targets"]:
                expression = target["expr"]
                for name, value in VARIABLES.items():
                    expression = expression.replace(name, value)
                yield f"{document['title']}, {panel['title']}", expression
