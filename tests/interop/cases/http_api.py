"""The HTTP API as a whole: real answers against its description, who is let in, and clients of all kinds."""
import json
import socket

from cases.users import register
from framework import patience
from framework.case import case
from framework.failure import expect, expect_equal
from framework.openapi import Description
from framework.phone import AutoAnswer, establish, hang_up
from framework.process import wait_until
from framework.server import merged, sip_uri

TOKEN = "token-of-a-test"


class Reader:
    """Asks, and has each answer judged by the description."""

    def __init__(self, server):
        self._server = server
        self.description = Description(server)

    def ask(self, method, target, body=None, token=TOKEN, **headers):
        """(status, the value of the body)"""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        status, text, given = self._server.request(method, target, body=body, headers=headers)
        return status, self.description.judge(method, target, status, text, given)

    def get(self, target):
        status, value = self.ask("GET", target)
        expect_equal(status, 200, target)
        return value

    def expect_status(self, status, method, target, body=None, **options):
        expect_equal(self.ask(method, target, body, **options)[0], status, f"the status of {method} {target}: {body}")


def guarded_server(stage, **changes):
    """With a token, users, trunks and records; the phones that are its trunks."""
    b = stage.phone("b")
    routes = [{"to": "^alice$", "target": "user:alice"}, {"to": "^4930", "target": "trunk:b"}]
    stage.serve(sip_uri(stage.plan.b, b.agent.port), metrics={"listen": "same"}, users={"alice": {"password": "open-sesame"}},
                routes=routes, hold={"music": stage.music_file()}, **merged({"admin": {"token": TOKEN}}, changes))
    stage.server.token = TOKEN
    return stage.phone("a"), b


def ask_of_all(reader):
    """What needs no call."""
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/", "/console/style.css", "/console/console.js", "/phone",
                 "/phone/style.css", "/phone/settings.json"):
        reader.expect_status(200, "GET", path, token=None)
        reader.expect_status(200, "HEAD", path, token=None)
    for path in ("status", "log", "calls", "calls?brief=true", "trunks", "registrations", "cdrs"):
        reader.get(f"/api/v1/{path}")
        reader.expect_status(401, "GET", f"/api/v1/{path}", token=None)
        reader.expect_status(405, "PATCH", f"/api/v1/{path}")
    reader.expect_status(200, "HEAD", "/api/v1/events")
    reader.expect_status(401, "GET", "/api/v1/events", token=None)
    reader.expect_status(200, "PUT", "/api/v1/log", '{"level":"debug"}')
    reader.expect_status(400, "PUT", "/api/v1/log", '{"level":')
    reader.expect_status(404, "GET", "/api/v1/nothing")
    reader.expect_status(404, "GET", "/nothing", token=None)
    for query in ("limit=0", "limit=1&limit=2", "state=asleep", "colour=red"):
        reader.expect_status(400, "GET", f"/api/v1/calls?{query}")
    reader.expect_status(400, "GET", "/api/v1/cdrs?from=yesterday")
    reader.expect_status(200, "POST", "/api/v1/reload")


def ask_of_no_call(reader):
    for path in ("calls/none", "calls/none/ladder", "calls/none/timeline", "calls/none/pcap", "calls/none/pcap?rtp=1", "cdrs/none"):
        reader.expect_status(404, "GET", f"/api/v1/{path}")
    reader.expect_status(404, "DELETE", "/api/v1/calls/none")
    reader.expect_status(404, "POST", "/api/v1/calls/none/legs/a/hold")
    reader.expect_status(404, "POST", "/api/v1/calls/none/legs/a/park")
    for body in ("", "[]", '{"from":"alice"}', '{"from":"alice","to":"1","colour":"red"}'):
        reader.expect_status(400, "POST", "/api/v1/calls", body)
    reader.expect_status(404, "POST", "/api/v1/calls", '{"from":"nobody","to":"nowhere"}')


def ask_of_call(reader, call):
    for path in ("", "/ladder", "/ladder?messages=true", "/timeline", "/pcap"):
        reader.get(f"/api/v1/calls/{call}{path}")
    reader.get("/api/v1/calls?limit=1&state=up&trunk=a")
    reader.get("/api/v1/calls?brief=true&trunk=a")
    reader.get("/api/v1/trunks")


@case
def answers_are_as_described(stage):
    """Every route, with live calls, holds, records, registrations and errors: each answer is of a schema of /openapi.json."""
    a, b = guarded_server(stage)
    server, reader = stage.server, Reader(stage.server)
    ask_of_all(reader)
    ask_of_no_call(reader)
    device = stage.phone("alice", stage.plan.admin)
    expect_equal(register(device, "alice").status, 200, "the registration")
    expect_equal(len(reader.get("/api/v1/registrations")["registrations"]), 1, "registrations")
    invite = a.dial("4930111")
    ringing = b.ring()
    call = reader.get("/api/v1/calls")["calls"][0]["id"]
    ask_of_call(reader, call)
    reader.expect_status(409, "POST", f"/api/v1/calls/{call}/legs/a/hold")
    b.dialog.reply(ringing, 486, "Busy Here")
    a.dialog.expect_status(invite, 486)
    establish(a, b)
    call = reader.get("/api/v1/calls")["calls"][0]["id"]
    answering = stage.keep(AutoAnswer(b))
    request = a.reinvite(a.description("inactive"))
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)
    b.hear("music")
    wait_until(lambda: reader.get(f"/api/v1/calls/{call}/timeline")["legs"]["b"][-1:], 5, "a step of the timeline")
    ask_of_call(reader, call)
    reader.expect_status(204, "POST", f"/api/v1/calls/{call}/legs/b/reinvite")
    wait_until(lambda: len(answering.offers) == 2, 5, "the re-INVITE that was ordered")
    reader.expect_status(204, "DELETE", f"/api/v1/calls/{call}")
    a.dialog.expect_bye()
    b.dialog.expect_bye()
    wait_until(lambda: len(reader.get("/api/v1/cdrs?limit=2").get("cdrs")) == 2, 10, "records")
    reader.get(f"/api/v1/cdrs/{call}")
    ask_of_call_that_ended(reader, call)
    status, placed = reader.ask("POST", "/api/v1/calls", '{"from":"alice","to":"4930123","display":"Sales","timeout_s":20}')
    expect_equal(status, 202, "the originated call")
    ringing = device.ring()
    device.dialog.reply(ringing, 180, "Ringing")
    ask_of_call(reader, placed["id"])
    reader.expect_status(204, "DELETE", f"/api/v1/calls/{placed['id']}")
    device.dialog.reply(device.dialog.expect("CANCEL"), 200, "OK")
    device.dialog.reply(ringing, 487, "Request Terminated")
    server.write_config("routes: {nonsense")
    reader.expect_status(422, "POST", "/api/v1/reload")
    expect(reader.get("/api/v1/status")["config"]["refused"], "a status with a reload that was refused")
    answered = {operation for operation, status in reader.description.seen if status < 400}
    expect_equal(answered | {"POST /api/v1/drain"}, reader.description.operations(), "operations that have answered well")


def ask_of_call_that_ended(reader, call):
    expect_equal(reader.get(f"/api/v1/calls/{call}/ladder")["state"], "ended", "the state of a call that has ended")
    reader.get(f"/api/v1/calls/{call}/timeline")
    reader.get(f"/api/v1/calls/{call}/pcap")
    reader.expect_status(404, "GET", f"/api/v1/calls/{call}/pcap?rtp=1")
    reader.expect_status(404, "GET", f"/api/v1/calls/{call}")


@case
def answers_while_draining_are_as_described(stage):
    """Drained, and without records: 503 where the description has it."""
    a, b = guarded_server(stage, cdr={"store": "none"}, server={"drain_timeout": "30s"})
    reader = Reader(stage.server)
    reader.expect_status(503, "GET", "/api/v1/cdrs")
    reader.expect_status(503, "GET", "/api/v1/cdrs/none")
    establish(a, b)
    stage.server.may_leave()
    reader.expect_status(202, "POST", "/api/v1/drain")
    wait_until(lambda: reader.ask("GET", "/readyz")[0] == 503, 3, "/readyz says 503")
    expect_equal(reader.get("/api/v1/status")["state"], "draining", "the state")
    reader.expect_status(503, "POST", "/api/v1/calls", '{"from":"4930123","to":"4930124"}')
    hang_up(a, b)
    expect_equal(stage.server.process.wait(5), 0, "exit status after the last call")


@case
def guesser_of_tokens(stage):
    """Who tries wrong tokens gets 429 after a few, probes and other sources go on; the log tells the tries and no token."""
    guarded_server(stage, log={"level": "info"})
    server, reader = stage.server, Reader(stage.server)
    for number in range(10):
        reader.expect_status(401, "GET", "/api/v1/status", token=f"guess-{number}")
    for token in (TOKEN, "guess", None):
        status, _, headers = server.request("GET", "/api/v1/status", headers={"Authorization": f"Bearer {token}"})
        expect_equal(status, 429, f"the status for {token}")
        expect(0 < int(headers["Retry-After"]) <= 6, f"Retry-After: {headers['Retry-After']}")
    reader.expect_status(200, "GET", "/healthz", token=None)
    reader.expect_status(200, "GET", "/metrics", token=None)
    expect_equal(status_from(stage.plan.a, server, TOKEN), 200, "the status for another source")
    said = server.process.output()
    tries = [line for line in said.splitlines() if "http.request" in line and "status=401" in line]
    expect_equal(len(tries), 10, f"lines about tries: {tries}")
    expect(f"source={stage.plan.admin}" in tries[0] or "source=127." in tries[0], f"the source is told: {tries[0]}")
    expect("guess-" not in said and TOKEN not in said, f"no token is told:\n{said}")
    expect_equal(server.metric("holdfast_http_refused_total", reason="wrong_token"), 10, "tries that were counted")
    expect_equal(server.metric("holdfast_http_requests_total", route="/api/v1/status", status="429"), 3, "refusals")
    stage.ends_by_itself()


def status_from(address, server, token):
    host, _, port = server.config["admin"]["listen"].rpartition(":")
    with socket.create_connection((host, int(port)), patience.real(3), (address, 0)) as connection:
        connection.sendall(f"GET /api/v1/status HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        return int(connection.recv(12).split()[1])


@case
def too_many_requests(stage):
    """A source that asks too often gets 429 with Retry-After, and is served again after that time; probes always are."""
    guarded_server(stage, admin={"limits": {"requests_per_second_per_source": 1}})
    reader = Reader(stage.server)
    answers = [reader.ask("GET", "/api/v1/status")[0] for _ in range(40)]
    expect(answers[:5] == [200] * 5 and 429 in answers, f"five seconds' worth at once, then no more: {answers}")
    reader.expect_status(200, "GET", "/readyz", token=None)
    wait_until(lambda: reader.ask("GET", "/api/v1/status")[0] == 200, 5, "it is served again", interval=0.3)
    expect(stage.server.metric("holdfast_http_refused_total", reason="rate") > 0, "refusals are counted")
    stage.ends_by_itself()


@case
def access_log(stage):
    """Who changed what is told; who only asked is told at debug; the time and the bytes stand beside."""
    a, b = guarded_server(stage, log={"level": "info", "format": "json"})
    server, reader = stage.server, Reader(stage.server)
    establish(a, b)
    call = reader.get("/api/v1/calls?state=up")["calls"][0]["id"]
    reader.expect_status(204, "DELETE", f"/api/v1/calls/{call}?because=secret-reason")
    a.dialog.expect_bye()
    b.dialog.expect_bye()

    def told():
        events = [json.loads(line) for line in server.process.output().splitlines() if line.startswith("{")]
        return [event for event in events if event["event"] == "http.request"]
    wait_until(lambda: len(told()) == 1, 3, lambda: f"one line, of the change: {told()}")
    line = told()[0]
    expect_equal((line["level"], line["method"], line["path"], line["status"], line["bytes"]),
                 ("info", "DELETE", f"/api/v1/calls/{call}", "204", "0"), "what is told")
    expect(float(line["duration_ms"]) >= 0 and line["source"], f"how long it took, who it was: {line}")
    reader.expect_status(200, "PUT", "/api/v1/log", '{"level":"debug"}')
    reader.get("/api/v1/status")
    reader.expect_status(200, "GET", "/healthz", token=None)
    wait_until(lambda: {one["path"] for one in told()} >= {"/api/v1/log", "/api/v1/status", "/healthz"}, 3,
               lambda: f"who asks is told at debug: {told()}")
    expect("secret-reason" not in server.process.output() and TOKEN not in server.process.output(), "no query, no token")


@case
def parameters_are_as_described(stage):
    """The parameters that the server says it knows are those of the description."""
    guarded_server(stage)
    reader = Reader(stage.server)
    asked = 0
    for path, item in reader.description.document["paths"].items():
        named = {one["name"] for one in item.get("get", {}).get("parameters", []) if one["in"] == "query"}
        if not named or "{" in path:
            continue
        status, problem = reader.ask("GET", f"{path}?colour=red")
        expect_equal(status, 400, f"the status of {path} with a parameter that there is not")
        known = problem["detail"].partition("known are ")[2].split(", ")
        expect_equal(set(known), named, f"what {path} knows: {problem['detail']}")
        asked += 1
    expect(asked >= 2, f"{asked} lists have parameters")
