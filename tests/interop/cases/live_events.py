"""What is told live of the server: GET /api/v1/events and the brief list of calls."""
import json
import socket

from framework.case import case
from framework.events import Events
from framework.failure import expect, expect_equal
from framework.openapi import Description
from framework.phone import AutoAnswer, establish, hang_up
from framework.process import wait_until

WORKERS = 4
CLIENTS = 64


def held(a, description):
    request = a.reinvite(description)
    a.dialog.expect_status(request, 200)
    a.dialog.ack(request)


def expect_described(stage, events):
    """What was told is as /openapi.json has it."""
    description = Description(stage.server)
    schemas = {"call": "CallEvent", "trunk": "TrunkEvent", "server": "ServerEvent"}
    for kind, data in events.seen():
        description.expect_is(schemas[kind.split(".")[0]], data)


def brief(stage, rest=""):
    return json.loads(stage.server.get(f"/api/v1/calls?brief=true{rest}")[1])["calls"]


@case
def call_is_told_from_beginning_to_end(stage):
    """A call that is held and resumed, on whichever of four shards: each event comes once, with the call as the brief list has it."""
    a, b = stage.phones(server={"workers": WORKERS})
    events = Events(stage)
    expect("text/event-stream" in events.head and "no-store" in events.head, f"the head: {events.head}")
    for _ in range(WORKERS):
        establish(a, b)
        began = events.expect("call.started")["call"]
        expect_equal(events.expect("call.answered")["call"], brief(stage)[0], "the call that was answered")
        answers = AutoAnswer(b)
        held(a, a.description("inactive"))
        events.expect("call.renegotiated")
        hold = events.expect("call.held")
        expect_equal((hold["leg"], hold["by"]), ("a", "peer"), "who holds")
        wait_until(lambda: brief(stage)[0]["hold"]["music"]["b"], 5, "B hears music")
        held(a, a.description("sendrecv"))
        expect_equal(events.expect("call.resumed")["leg"], "a", "who resumed")
        answers.close()
        hang_up(a, b)
        ended = events.expect("call.ended")
        expect_equal((ended["call"]["id"], ended["outcome"], ended["code"], ended["ended_by"]),
                     (began["id"], "answered", 200, "a"), "how it ended")
        stage.server.expect_no_calls()
    kinds = [kind for kind, _ in events.seen()]
    for kind, count in (("started", 1), ("answered", 1), ("renegotiated", 2), ("held", 1), ("resumed", 1), ("ended", 1)):
        expect_equal(kinds.count(f"call.{kind}"), count * WORKERS, f"call.{kind}")
    expect_described(stage, events)


@case
def brief_list_is_filtered(stage):
    """By state, trunk and user, as the whole list is."""
    a, b = stage.phones()
    establish(a, b)
    whole = stage.server.calls()[0]
    one = brief(stage)[0]
    for name in ("id", "state", "from", "to", "route", "started", "answered", "renegotiations"):
        expect_equal(one[name], whole[name], name)
    for leg in ("a", "b"):
        expect_equal(one[leg], {name: whole["legs"][leg][name] for name in ("trunk", "user", "remote", "transport")}, leg)
    for rest, count in (("&trunk=b", 1), ("&trunk=c", 0), ("&state=up", 1), ("&state=ringing", 0), ("&user=alice", 0)):
        expect_equal(len(brief(stage, rest)), count, rest)
    for wrong in ("brief=maybe", "brief=true&nonsense=1", "brief=true&limit=0"):
        expect_equal(stage.server.get(f"/api/v1/calls?{wrong}")[0], 400, wrong)
    hang_up(a, b)


@case
def events_go_on_during_a_drain(stage):
    """The end of the last call is still told, then the server leaves and the stream ends."""
    a, b = stage.phones()
    establish(a, b)
    events = Events(stage)
    stage.server.request("POST", "/api/v1/drain")
    events.expect("server.draining")
    stage.server.may_leave()
    hang_up(a, b)
    events.expect("call.ended")
    events.expect_end()
    stage.server.process.wait(10)


@case
def reloads_are_told(stage):
    """One that was refused with its errors, and one that was taken."""
    stage.phones()
    events = Events(stage)
    good = stage.server.config
    stage.server.write_config({**good, "nonsense": 1})
    expect_equal(stage.server.request("POST", "/api/v1/reload")[0], 422, "a bad file")
    expect("nonsense" in events.expect("server.reload_refused")["errors"][0], "the error is told")
    stage.server.write_config(good)
    expect_equal(stage.server.request("POST", "/api/v1/reload")[0], 200, "a good file")
    events.expect("server.reloaded")
    expect_described(stage, events)


@case
def one_client_of_events_too_many(stage):
    """The 65th gets 503 and when to come back; it may come in as soon as another has gone. Everybody else is served all the while."""
    a, b = stage.phones()
    clients = [Events(stage) for _ in range(CLIENTS)]
    expect_equal(stage.server.metric("holdfast_event_clients"), CLIENTS, "clients")
    status, body, headers = stage.server.get("/api/v1/events")
    expect_equal(status, 503, body)
    expect(int(headers["Retry-After"]) > 0, "it is told when to come back")
    expect_equal(stage.server.get("/healthz")[0], 200, "/healthz")
    establish(a, b)
    for client in clients:
        client.expect("call.answered")
    clients.pop().close()
    wait_until(lambda: stage.server.metric("holdfast_event_clients") == CLIENTS - 1, 5, "the one that went is counted no more")
    clients.append(Events(stage))
    hang_up(a, b)
    for client in clients:
        client.expect("call.ended")


@case
def client_that_does_not_read(stage):
    """It holds nothing up: calls go on, others are told, and it is sent away."""
    a, b = stage.phones()
    host, _, port = stage.server.config["admin"]["listen"].rpartition(":")
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    lazy.connect((host, int(port)))
    lazy.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    events = Events(stage)
    for _ in range(3):
        establish(a, b)
        events.expect("call.answered")
        hang_up(a, b)
        events.expect("call.ended")
    lazy.close()
    wait_until(lambda: stage.server.metric("holdfast_event_clients") == 1, 5, "its place is free")
