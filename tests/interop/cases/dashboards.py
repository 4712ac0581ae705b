"""Dashboards, recording and alert rules as they are shipped, on a real Prometheus that scrapes the real server while calls come
and go: every expression is asked, and each has to answer with something."""
import json
import re
import socket
import subprocess

import yaml

from cases.users import register
from framework import patience
from framework.addresses import free_port
from framework.case import case
from framework.certificates import Authority
from framework.failure import expect, expect_equal
from framework.phone import AutoAnswer, establish, expect_talk, hang_up, relayed_reinvite
from framework.process import wait_until
from framework.prometheus import DEPLOY, RULES, Prometheus, panels
from framework.scenario import Callee, Caller
from framework.server import sip_uri
from framework.sipp import Sipp

COMPARISON = re.compile(r"\s(==|<=|>=|<|>)\s+[-\d.][\d. *]*$")
COMPARED = re.compile(r" (?:>|<) (?=\d+ \* [a-z])")  # with another expression
AGO = re.compile(r" offset \w+")


def rules():
    """Records whole; of alerts each part that is compared, without the comparison: that it is not true now is well. Where
    two expressions are compared, each of them."""
    for path in sorted(RULES.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    yield rule["record"], rule["record"]
                    continue
                for part in re.split(r"\s(?:and|unless)(?: on \(instance\))?\s", " ".join(rule["expr"].split())):
                    for side in COMPARED.split(part):
                        yield rule["alert"], COMPARISON.sub("", side)


def expect_asked_of_the_past(prometheus, asked):
    """What looks an hour back is understood, and finds nothing, for this Prometheus has no history: it has to answer when asked
    of now."""
    past = [expression for _, expression in asked if AGO.search(expression)]
    expect(any("avg_over_time" in expression for expression in past), f"HoldfastHealedShareJumped looks back: {past}")
    for expression in past:
        expect_equal(prometheus.ask(expression), [], f"{expression}, without history")


LOAD = {"calls": 150}  # at ten a second: for as long as expressions are asked


def load_callee(stage):
    """SIPp at an address of its own, which is the trunk `load` for calls from there and to there."""
    return Sipp(stage, Callee("load-callee").expect_invite().answer().expect_invite("sendonly").answer("recvonly")
                .expect_invite("sendrecv").answer().expect_bye(), stage.network.host(5), **LOAD)


def load(stage):
    """Each call is put on hold and taken back."""
    caller = (Caller("load-caller").invite().answered("sendrecv").pause(100).invite("sendonly").answered("recvonly").pause(500)
              .invite("sendrecv").answered("sendrecv").bye())
    return Sipp(stage, caller, stage.network.host(5), remote=(stage.plan.server, stage.plan.port), options=("-r", 10), **LOAD)


def busy_server(stage, load_at):
    """Two trunks of which one is asked whether it is there, transcoding between them, a third with load, a certificate; the
    phones."""
    authority = Authority(stage.folder)
    certificate, key = authority.issue("server", f"IP:{stage.plan.server}")
    b = stage.phone("b")
    plan = stage.plan
    stage.serve(sip_uri(plan.b, b.agent.port),
                sip={"listen": [f"udp://{plan.server}:{plan.port}", f"tcp://{plan.server}:{plan.port}",
                                f"tls://{plan.server}:{free_port(plan.server)}"],
                     "tls": {"certificate": certificate, "key": key}},
                trunks={"a": {"media": {"codecs": ["PCMA"]}}, "b": {"media": {"codecs": ["PCMU"]}},
                        "load": {"peers": [load_at], "allow": [f"{stage.network.host(5)}/32"]},
                        "dead": {"peers": [sip_uri(plan.b, free_port(plan.b), "tcp")], "options_ping": "1s"}},
                routes=[{"from": "trunk:a", "target": "trunk:b"}, {"from": "trunk:load", "target": "trunk:load"}],
                users={"alice": {"password": "right"}}, hold={"music": stage.music_file()})
    return stage.phone("a"), b


def traffic(a, b):
    """A call with a hold that is relayed, one that is refused and a change without an offer; an offer that is of no use."""
    establish(a, b)
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    b.hear("music")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    expect_talk(a, b)
    request = a.reinvite(a.description("inactive"))
    b.dialog.reply(b.dialog.expect("INVITE"), 488, "Not Acceptable Here")
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.hear("music")
    request = a.dialog.send("INVITE")  # which leaves the offer to the server
    answering = AutoAnswer(b)
    ok = a.dialog.expect_status(request, 200)
    a.dialog.ack(request, a.description())
    expect(ok.body, "an offer")
    expect_talk(a, b)
    answering.close()
    lines = a.description().splitlines(keepends=True)
    a.dialog.expect_status(a.reinvite("".join(line for line in lines if line[:2] not in ("m=", "a="))), 488)
    hang_up(a, b)


def strangers(stage):
    """Nobody that the server knows: a password that is wrong, words that are no SIP, a web page of others."""
    page = {"Origin": "http://elsewhere.example.com"}
    expect_equal(stage.server.request("GET", "/api/v1/calls", headers=page)[0], 403, "the status for a page of others")
    wrong = register(stage.phone("stranger", stage.plan.admin), "alice", "wrong")
    expect_equal(wrong.status, 401, "the status of a wrong password")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind((stage.plan.admin, 0))
        nobody.sendto(b"INVITE nonsense\r\n\r\n", (stage.plan.server, stage.plan.port))


@case
def every_expression_of_dashboards(stage):
    """Under SIPp's load with holds every panel and every rule asks for something that there is, and Prometheus has nothing to
    complain about the page."""
    callee = load_callee(stage)
    a, b = busy_server(stage, sip_uri(callee.address, callee.port))
    prometheus = stage.keep(Prometheus(stage, stage.plan.admin, stage.server.config["metrics"]["listen"]))
    expect_equal(json.loads(stage.server.request("POST", "/api/v1/reload")[1]), {"reloaded": True}, "the reload")
    wait_until(lambda: prometheus.ask("holdfast_calls"), 10, "the server is scraped")
    caller = load(stage)
    for _ in range(2):  # of a counter that is not there yet the first step goes unseen
        strangers(stage)
        traffic(a, b)
        seen = stage.server.metric("holdfast_sdp_refused_total", trunk="a")
        wait_until(lambda: prometheus.ask(f"sum(holdfast_sdp_refused_total) == {seen}"), 10, "that is scraped")
    establish(a, b)  # and goes on while everything is asked: sound is judged after some seconds
    asked = [*panels(), *rules()]
    expect(len(asked) > 80, f"only {len(asked)} expressions were found")
    expect_asked_of_the_past(prometheus, asked)

    def empty():
        return [f"{place}: {expression}" for place, expression in asked if not prometheus.ask(AGO.sub("", expression))]
    missing = []

    def all_answer():
        missing[:] = empty()
        return not missing
    wait_until(all_answer, 40, lambda: "these expressions find nothing:\n" + "\n".join(missing), interval=0.5)
    expect_equal({sample["value"][1] for sample in prometheus.ask("min_over_time(up[1m])")}, {"1"}, "whether a scrape failed")
    names = {sample["metric"]["alertname"] for sample in prometheus.ask('ALERTS{alertname="HoldfastTrunkDown"}')}
    expect_equal(names, {"HoldfastTrunkDown"}, "what the trunk that is down raises")
    hang_up(a, b)
    for sipp in (caller, callee):
        sipp.expect_success()


def seen_firing(tests):
    """Names of the alerts that a test expects to fire: by themselves, or as samples of ALERTS."""
    for test in tests:
        for asked in test.get("alert_rule_test", []):
            if asked.get("exp_alerts"):
                yield asked["alertname"]
        for asked in test.get("promql_expr_test", []):
            words = re.findall(r'alertname="(\w+)"', asked["expr"]) if "firing" in asked["expr"] else []
            for sample in asked.get("exp_samples", []):
                yield from words or re.findall(r'alertname="(\w+)"', sample["labels"])


@case
def rules_are_sound(stage):
    """promtool reads the shipped rules and configuration; each alert fires when it should and not otherwise."""
    for command in (["check", "rules", *map(str, sorted(RULES.glob("*.yaml")))],
                    ["check", "config", str(DEPLOY / "prometheus/prometheus.yml")],
                    ["test", "rules", str(DEPLOY / "prometheus/tests/alerts.yaml")]):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True, timeout=patience.real(60), check=False)
        expect_equal(done.returncode, 0, f"promtool {' '.join(command[:2])}: {done.stdout}{done.stderr}")
    alerts = {name for name, _ in rules() if name.startswith("Holdfast")}
    tests = yaml.safe_load((DEPLOY / "prometheus/tests/alerts.yaml").read_text(encoding="utf-8"))["tests"]
    expect_equal(alerts - set(seen_firing(tests)), set(),
                 "alerts that no test of deploy/prometheus/tests/alerts.yaml expects to fire")
    stage.ends_by_itself()


@case
def dashboards_are_sound(stage):
    """The files are what dashboards.py writes; panels have ids of their own and places that do not overlap."""
    done = subprocess.run(["python3", str(DEPLOY / "grafana/dashboards.py"), "--check"], capture_output=True, text=True,
                          timeout=patience.real(20), check=False)
    expect_equal((done.returncode, done.stdout), (0, ""), "dashboards.py --check")
    uids = set()
    for path in sorted((DEPLOY / "grafana/dashboards").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        uids.add(document["uid"])
        taken = {}
        for panel in document["panels"]:
            place = panel["gridPos"]
            expect(place["x"] + place["w"] <= 24, f"{path.name}: {panel['title']} leaves the grid")
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    other = taken.setdefault((x, y), panel["id"])
                    expect_equal(other, panel["id"], f"{path.name}: whose place {x},{y} is")
        expect_equal(len({panel["id"] for panel in document["panels"]}), len(document["panels"]), f"ids in {path.name}")
    expect_equal(len(uids), 6, "dashboards")
    stage.ends_by_itself()
