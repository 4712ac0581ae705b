"""Records of calls that ended: what they say, and that none is lost whatever becomes of the database."""
import contextlib
import json
import os
import pathlib
import random
import signal
import sqlite3
import string
import subprocess

from framework import patience
from framework.case import case
from framework.failure import expect, expect_equal
from framework.phone import establish, hang_up, relayed_reinvite
from framework.postgres import Postgres
from framework.process import wait_until
from framework.runner import ROOT

CALLS_BESIDE_A_DEAD_DATABASE = 5
LONGER_THAN_AN_INDEX_TAKES = 4000  # PostgreSQL: 2704 bytes, after it has tried to make them fewer


def records(stage, query=""):
    status, body, _ = stage.server.get(f"/api/v1/cdrs{query}")
    expect_equal(status, 200, f"the status of the records: {body}")
    return json.loads(body)["cdrs"]


def metric(stage, name, **labels):
    return stage.server.metric(f"holdfast_cdr_{name}", **labels)


def call_once(a, b, number="4930123"):
    establish(a, b, number)
    hang_up(a, b)


def busy_once(a, b, number="4930123", call_id=None):
    invite = a.dial(number, call_id=call_id)
    b.dialog.reply(b.ring(), 486, "Busy Here")
    a.dialog.expect_status(invite, 486)


def noise(length):
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))


def written(stage, count):
    wait_until(lambda: metric(stage, "written_total") == count, 15, lambda: f"{count} records are written, not "
               f"{metric(stage, 'written_total')}\n{stage.server.process.tail(5)}")


@case
def records_of_calls(stage):
    """A held call, a refused one and one without an answer: each leaves one record, which API, command and database tell."""
    a, b = stage.phones()
    establish(a, b)
    relayed_reinvite(a, b, a.description("inactive"), "recvonly")
    b.hear("music")
    relayed_reinvite(a, b, a.description("sendrecv"), "sendrecv")
    hang_up(b, a)
    invite = a.dial("4930999")
    b.dialog.reply(b.ring(), 486, "Busy Here")
    a.dialog.expect_status(invite, 486)
    invite = a.dial("4930888")
    b.dialog.reply(b.ring(), 180, "Ringing")
    a.dialog.provisional(invite, 180)
    a.dialog.cancel(invite)
    written(stage, 3)

    cancelled, busy, held = records(stage)
    expect_equal([one["outcome"] for one in (held, busy, cancelled)], ["answered", "busy", "cancelled"], "outcomes")
    expect_equal([one["code"] for one in (held, busy, cancelled)], [200, 486, 487], "codes")
    expect_equal(held["ended_by"], "b", "who ended the call")
    expect_equal(held["renegotiations"], 2, "changes")
    leg_a, leg_b = held["legs"]["a"], held["legs"]["b"]
    expect(0 < leg_b["hold_s"] <= held["duration_s"], f"B was on hold: {leg_b}")
    expect(0 < leg_b["music_s"] <= held["duration_s"], f"B heard music: {leg_b}")
    expect_equal(leg_a["hold_s"], 0, "the seconds for which B held A")
    expect_equal((leg_a["trunk"], leg_b["trunk"]), ("a", "b"), "trunks")
    expect(leg_a["packets_in"] > 0 and leg_b["packets_out"] > 0, f"packets were counted: {leg_a} {leg_b}")
    expect_equal(records(stage, f"?call={leg_b['call_id']}"), [held], "records of that dialog")
    expect_equal(records(stage, "?number=4930999"), [busy], "records of that number")
    expect_equal(records(stage, "?outcome=busy&trunk=b"), [busy], "busy calls on trunk b")
    expect_equal(records(stage, f"?from={cancelled['started']}"), [cancelled], "records from then on")
    expect_equal(json.loads(stage.server.get(f"/api/v1/cdrs/{held['id']}")[1]), held, "the record by its id")

    url = f"http://{stage.server.config['admin']['listen']}"
    shown = subprocess.run([stage.binary, "cdrs", "--url", url, "--number", "4930999"], capture_output=True, text=True,
                           timeout=patience.real(20), check=True).stdout
    expect(busy["id"] in shown and held["id"] not in shown, f"the command should show the busy call alone:\n{shown}")
    path = pathlib.Path(stage.server.config["server"]["state_dir"]) / "holdfast.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT c.id, l.leg FROM cdr_calls c JOIN cdr_legs l ON l.call = c.id ORDER BY 1, 2").fetchall()
    expect_equal(rows, sorted((one["id"], leg) for one in (held, busy, cancelled) for leg in "ab"), "rows")


@case
def records_outlive_a_restart(stage):
    """A server that is told to leave in the middle of a call writes its record before it goes; the next one knows it."""
    a, b = stage.phones(server={"drain_timeout": "0s"})
    establish(a, b)
    call = stage.server.calls()[0]["id"]
    stage.server.may_leave()
    stage.server.process.signal(signal.SIGTERM)
    for phone in (a, b):
        phone.dialog.expect_bye()
    expect_equal(stage.server.process.wait(10), 0, "the server's exit status")
    stage.server.restart()
    found = records(stage)
    expect_equal([one["id"] for one in found], [call], "records")
    expect_equal(found[0]["cause"], "server stops", "why the call ended")


@case
def records_without_a_folder(stage):
    """The state folder is a file: the server says so and serves calls; records wait, and are written once there is a folder."""
    place = stage.path("state")
    pathlib.Path(place).write_text("in the way", encoding="utf-8")
    a, b = stage.phones()
    call_once(a, b)
    wait_until(lambda: metric(stage, "waiting") == 1, 5, "the record waits in memory")
    expect_equal(metric(stage, "store_up"), 0, "whether the store is up")
    expect("records.not_written" in stage.server.process.output(), "the log should say that records are not written")
    os.remove(place)
    os.mkdir(place)
    written(stage, 1)
    expect_equal(metric(stage, "store_up"), 1, "whether the store is up")


@case
def records_in_postgresql(stage):
    """PostgreSQL dies during calls and comes back, the server is killed while it is away: no record is lost, twice or too old."""
    database = stage.keep(Postgres(stage.folder))
    a, b = stage.phones(cdr={"store": "postgresql", "url": database.url})
    call_once(a, b)
    written(stage, 1)
    expect_equal(len(records(stage)), 1, "records by the API")
    for table, key in (("cdr_calls", "id"), ("cdr_legs", "call")):
        database.ask(f"""INSERT INTO {table} SELECT (jsonb_populate_record(one, '{{"{key}": "old", "started": 0}}')).*
                         FROM {table} one""")
    database.kill()
    for _ in range(CALLS_BESIDE_A_DEAD_DATABASE):
        call_once(a, b)
    wait_until(lambda: metric(stage, "spooled") == CALLS_BESIDE_A_DEAD_DATABASE, 10, "records are on the disk")
    status, body, _ = stage.server.get("/api/v1/cdrs")
    expect_equal(status, 503, "the status of a question to a dead database")
    expect("postgresql" in json.loads(body)["detail"], f"the reason: {body}")
    stage.server.expect_no_calls()
    stage.server.kill()
    stage.server.restart()
    expect_equal(metric(stage, "spooled"), CALLS_BESIDE_A_DEAD_DATABASE, "records that the next server finds")
    database.start()
    written(stage, CALLS_BESIDE_A_DEAD_DATABASE)
    expect_equal(metric(stage, "spooled"), 0, "records that wait on the disk")
    wait_until(lambda: not database.ask("SELECT id FROM cdr_calls WHERE id = 'old'"), 5, "what is too old is removed")
    rows = database.ask("SELECT count(*), count(DISTINCT id), min(codecs) FROM cdr_calls JOIN cdr_legs ON call = id")
    total = CALLS_BESIDE_A_DEAD_DATABASE + 1
    expect_equal(rows, [[str(2 * total), str(total), "PCMU"]], "legs, calls and the codec")
    expect_equal(database.ask("SELECT count(*) FROM cdr_legs"), [[str(2 * total)]], "legs, and none without its call")
    expect_equal(len(records(stage, "?number=4930123&limit=1000")), total, "records by the API")
    expect(database.url not in stage.server.process.output(), "no URL of a database stands in the log")


@case
def records_that_postgresql_refuses(stage):
    """Rules of the operator's own keep records out: they are set aside with the reason, those behind them are written."""
    database = stage.keep(Postgres(stage.folder))
    a, b = stage.phones(cdr={"store": "postgresql", "url": database.url})
    call_once(a, b)
    written(stage, 1)
    database.ask("ALTER TABLE cdr_calls ADD CONSTRAINT picky CHECK (to_uri NOT LIKE '%4930666%')")
    database.ask("CREATE INDEX narrow ON cdr_calls ((to_uri || reverse(to_uri)))")
    busy_once(a, b, "4930666")
    too_long = a.dial(noise(LONGER_THAN_AN_INDEX_TAKES // 2))  # it is there twice
    a.dialog.final(too_long)
    long_id = noise(LONGER_THAN_AN_INDEX_TAKES)
    busy_once(a, b, call_id=long_id)
    written(stage, 2)
    expect_equal(metric(stage, "dropped_total", reason="refused"), 2, "records that are set aside")
    expect_equal(metric(stage, "store_up"), 1, "whether the store is up")
    expect("records.refused" in stage.server.process.output(), "the log should say which one was refused")
    aside = pathlib.Path(stage.server.config["server"]["state_dir"]) / "cdr.spool.refused"
    expect("4930666" in aside.read_text(encoding="utf-8"), "the record lies beside the spool")
    found = records(stage, f"?call={long_id}")
    expect_equal([one["legs"]["a"]["call_id"] for one in found], [long_id[:512]], "what is kept of the long Call-ID")
    expect_equal(records(stage, "?number=%FF"), [], "records of a number that is no UTF-8")
    expect_equal(stage.server.get("/api/v1/cdrs/%FF")[0], 404, "the status of an id that is no UTF-8")


@case
def records_of_an_older_program(stage):
    """What an older program has written to PostgreSQL is brought up to date, and read with what comes."""
    database = stage.keep(Postgres(stage.folder))
    database.ask((ROOT / "tests/support/cdr_schema_1.sql").read_text(encoding="utf-8"))
    a, b = stage.phones(cdr={"store": "postgresql", "url": database.url})
    call_once(a, b)
    written(stage, 1)
    new, old = records(stage)
    expect_equal((old["id"], old["outcome"], old["originated"]), ("old", "busy", False), "the record of the older program")
    expect_equal((new["outcome"], new["originated"]), ("answered", False), "the record of this one")


@case
def records_of_a_newer_program(stage):
    """A database that a newer program has written is left alone, and said to be so."""
    database = stage.keep(Postgres(stage.folder))
    database.ask("CREATE TABLE schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL)")
    database.ask("INSERT INTO schema_versions VALUES ('cdrs', 999)")
    a, b = stage.phones(cdr={"store": "postgresql", "url": database.url})
    call_once(a, b)
    wait_until(lambda: metric(stage, "spooled") == 1, 10, "the record waits on the disk")
    expect("written by a newer program" in stage.server.process.output(), "the log should say why")
    database.ask("DROP TABLE schema_versions")
    written(stage, 1)
