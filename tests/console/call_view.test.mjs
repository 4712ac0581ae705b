import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { CallView } from "../../server/http/console/call_view.js";
import { new_page, settled, texts } from "./page.mjs";

const sdp = (direction) => `INVITE sip:b@x SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\na=${direction}\r\n`;
const invite = (number, side, direction, whole) => ({ number, time: "2026-01-02T03:04:05.000Z", kind: "message", side, direction,
    text: "INVITE", cseq: "1 INVITE", sdp: "offer", message: whole });
const ladder = (more = {}) => ({ id: "x", state: "up", from: "sip:a@x", to: "sip:b@x", route: "out",
    started: "2026-01-02T03:04:05Z", answered: "2026-01-02T03:04:06Z", ended: null, left_out: 0,
    entries: [invite(1, "a", "in", sdp("sendrecv")), invite(2, "b", "out", sdp("sendrecv"))], ...more });
const live_call = (operator = {}) => ({ id: "x", legs: {}, renegotiations: 0, hold: { operator } });
const leg = { call_id: "id-1", uri: "sip:a@x", trunk: "carrier", user: null, transport: "udp", remote: "192.0.2.1:5060",
    codecs: ["PCMA"], srtp: null, hold_s: 12.5, music_s: 3, packets_in: 1500, packets_out: 1498, lost: 7, jitter_ms: 2.5,
    rtt_ms: null, mos: 4.2 };
const record = { id: "x", started: "2026-01-02T03:04:05Z", answered: null, ended: "2026-01-02T03:05:05Z", setup_s: 60,
    duration_s: 0, from: "sip:a@x", to: "sip:b@x", route: "out", outcome: "refused", code: 603, cause: "nobody wanted it",
    ended_by: "b", renegotiations: 0, healed: 0, originated: false, legs: { a: leg, b: null } };

let answers;  // path: what is answered; nothing: 404
let asked;
let live;
let view;

globalThis.fetch = async (path, { method }) => {
    asked.push(`${method} ${path}`);
    const answer = answers[path.split("?")[0]];
    if (answer instanceof Error) { throw answer; }
    return answer ? Response.json(answer) : Response.json({ detail: "no such call" }, { status: 404 });
};

async function changed() {
    live.dispatchEvent(Object.assign(new Event("server"), { detail: { call: { id: "x" } } }));
    await settled();
}

const offered = () => texts(view.buttons.element.children);
const answer_with = (call, told) => { answers = { "/api/v1/calls/x": call, "/api/v1/calls/x/ladder": told }; };

beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout"] });
    new_page();
    asked = [];
    live = new EventTarget();
    view = new CallView(live);
    document.body.append(view.element);
});

async function show(call, told) {
    answer_with(call, told);
    view.shown("x");
    await settled();
}

test("a live call can be held and hung up, one that ended can only be saved", async () => {
    await show(live_call(), ladder());
    assert.deepEqual(offered(), ["pcap", "Hold A", "Hold B", "Hang up"]);
    answer_with(null, ladder({ ended: "2026-01-02T03:05:05Z" }));
    await changed();
    assert.deepEqual(offered(), ["pcap"]);
});

test("a button that has the focus keeps it whatever it says", async () => {
    await show(live_call(), ladder());
    view.buttons.holds.a.focus();
    answer_with(live_call({ a: true }), ladder());
    await changed();
    assert.equal(document.activeElement, view.buttons.holds.a);
    assert.equal(document.activeElement.textContent, "Resume A");
});

test("the focus of a button that is no longer offered goes to the headline", async () => {
    await show(live_call(), ladder());
    view.buttons.end.focus();
    answer_with(null, ladder({ ended: "2026-01-02T03:05:05Z" }));
    await changed();
    assert.equal(document.activeElement, view.headline);
});

test("the choice of descriptions and their table keep the focus when the ladder grows", async () => {
    await show(live_call(), ladder());
    for (const part of [view.diff.select, view.diff.table]) {
        part.focus();
        const grown = ladder();
        grown.entries.push(invite(3, "a", "in", sdp(part === view.diff.select ? "sendonly" : "inactive")));
        answer_with(live_call(), { ...grown, left_out: part === view.diff.select ? 0 : 1 });
        await changed();
        assert.equal(document.activeElement, part);
        assert.ok(part.isConnected);
        assert.equal(view.diff.select.children.length, 2);
    }
});

test("resume is asked for by the button that held", async () => {
    await show(live_call({ b: true }), ladder());
    answers["/api/v1/calls/x/legs/b/resume"] = {};
    view.buttons.holds.b.click();
    document.body.querySelector("dialog").querySelector("button").click();
    await settled();
    assert.ok(asked.includes("POST /api/v1/calls/x/legs/b/resume"), asked.join("\n"));
});

test("a call that cannot be read is not offered to be hung up, until it can be", async () => {
    await show(live_call(), ladder());
    answer_with(live_call(), new TypeError("network"));
    await changed();
    assert.equal(view.headline.textContent, "This call could not be read");
    assert.deepEqual(offered(), []);
    answer_with(live_call(), ladder());
    await changed();
    assert.deepEqual(offered(), ["pcap", "Hold A", "Hold B", "Hang up"]);
});

test("of a call whose ladder is not kept its record is shown: cause, code, legs, quality", async () => {
    answers = { "/api/v1/cdrs/x": record };
    view.shown("x");
    await settled();
    assert.equal(view.headline.textContent, "a → b");
    assert.deepEqual([view.verdict.textContent, view.verdict.dataset.tone], ["nobody wanted it (603)", "failed"]);
    assert.deepEqual(offered(), []);
    assert.ok(view.told.every((section) => section.hidden), "no ladder, no descriptions, no charts");
    const rows = view.record.querySelectorAll("tr").map((row) => texts(row.children).join(" | "));
    for (const row of ["Trunk or user | carrier | –", "Codecs | PCMA | –", "Lost | 7 | –", "MOS | 4.20 | –",
        "Round trip | – | –"]) {
        assert.ok(rows.includes(row), rows.join("\n"));
    }
    assert.match(view.facts.textContent, /refused.*ended .* by b.*sip:a@x → sip:b@x/);
});

test("a call that was shown and is forgotten leaves nothing that could be taken for it", async () => {
    await show(live_call(), ladder());
    answers = {};
    await changed();
    assert.match(view.headline.textContent, /not known any more/);
    assert.deepEqual([offered(), view.verdict.textContent, view.ladder.list.children.length], [[], "", 0]);
});

test("a call that is shown after a record has its ladder again", async () => {
    answers = { "/api/v1/cdrs/y": { ...record, id: "y" } };
    view.shown("y");
    await settled();
    await show(live_call(), ladder());
    assert.ok(view.told.every((section) => !section.hidden));
    assert.ok(view.recorded.hidden);
    assert.equal(view.ladder.list.children.length, 2);
});
