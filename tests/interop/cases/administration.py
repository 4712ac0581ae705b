"""A server that runs is asked and told by its API and by the command line: its log, its configuration."""
import json
import os
import signal
import subprocess

from framework import patience
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import establish, expect_talk, hang_up
from framework.process import wait_until


def holdfast(stage, *arguments):
    """(exit status, stdout, stderr) of a command that asks the stage's server."""
    url = f"http://{stage.server.config['admin']['listen']}"
    done = subprocess.run([stage.binary, *arguments, "--url", url], capture_output=True, text=True, check=False,
                          timeout=patience.real(20), stdin=subprocess.DEVNULL, env={**os.environ, "HOLDFAST_TOKEN": ""})
    return done.returncode, done.stdout, done.stderr


def status_of(stage):
    code, text, _ = stage.server.get("/api/v1/status")
    expect_equal(code, 200, "/api/v1/status")
    return json.loads(text)


@case
def log_level_of_a_running_server(stage):
    """The level of the log changes at once for calls that are up as for all else, until the next reload."""
    a, b = stage.phones(log={"level": "warn"})
    server = stage.server
    said = server.process.output
    expect_equal(holdfast(stage, "log"), (0, "level  warn\n", ""), "holdfast log")
    establish(a, b)
    expect("call.started" not in said(), f"nothing below warn is said: {said()}")
    expect_equal(holdfast(stage, "log", "info"), (0, "level  info\n", ""), "holdfast log info")
    expect("log.level level=info before=warn" in said(), f"the change is said: {said()}")
    hang_up(a, b)
    server.expect_no_calls()
    wait_until(lambda: "call.ended" in said(), 3, "a call that began under warn is said to have ended")
    status, text, _ = server.request("PUT", "/api/v1/log", body='{"level":"error"}')
    expect_equal((status, json.loads(text)), (200, {"level": "error"}), "PUT /api/v1/log")
    establish(a, b)
    expect_equal(said().count("call.started"), 0, "calls that are said to have begun")
    server.process.signal(signal.SIGHUP)
    wait_until(lambda: json.loads(server.get("/api/v1/log")[1]) == {"level": "warn"}, 5, "a reload sets it")
    hang_up(a, b)
    for body in ("", '{"level":"loud"}', '{"level":"info","until":"noon"}', "{" * 1000):
        expect_equal(server.request("PUT", "/api/v1/log", body=body)[0], 400, f"status for {body[:40]}")
    expect_equal(holdfast(stage, "log", "loud")[0], 2, "holdfast log loud")


@case
def refused_reload_is_seen(stage):
    """A reload that is refused: exit code and errors of `holdfast reload`, the log, the status; until one is taken."""
    a, b = stage.phones()
    establish(a, b)
    server = stage.server
    at_start = status_of(stage)["config"]
    expect_equal((at_start["file"], at_start["last_reload_ok"], at_start["refused"]), (server.path, True, None), "at start")
    good = server.config
    server.write_config({**good, "nonsense": 1, "log": {"level": "loud"}})
    code, out, complaints = holdfast(stage, "reload")
    expect_equal((code, out), (1, ""), "exit status and output of holdfast reload")
    for what in ("nonsense", "log.level"):
        expect(f"{server.path}:" in complaints and what in complaints, f"holdfast reload names {what}: {complaints}")
        lines = [line for line in server.process.output().splitlines() if "reload.refused" in line]
        expect(any(what in line for line in lines), f"the log names {what}: {lines}")
    config = status_of(stage)["config"]
    expect_equal((config["loaded"], config["last_reload_ok"]), (at_start["loaded"], False), "what is in use")
    expect(config["refused"]["at"] > at_start["loaded"], f"when it was refused: {config}")
    expect_equal(sorted(config["refused"]["errors"]), sorted(complaints.splitlines()[1:]), "errors of the status")
    expect_talk(a, b)
    server.write_config(good)
    expect_equal(holdfast(stage, "reload"), (0, "reloaded\n", ""), "holdfast reload of a good file")
    config = status_of(stage)["config"]
    expect_equal((config["last_reload_ok"], config["refused"]), (True, None), "after a good one")
    expect(config["loaded"] > at_start["loaded"], f"when it was taken: {config}")
    hang_up(a, b)
