import assert from "node:assert/strict";
import test from "node:test";
import { ladder_rows, music_spans, verdict } from "../../server/http/console/ladder.js";

let number = 0;
const at = () => `2026-01-02T03:04:05.${String(++number).padStart(3, "0")}Z`;
const message = (side, direction, text, more = {}) => ({ number: number + 1, time: at(), kind: "message", side, direction, text, cseq: "1 INVITE", sdp: "no SDP", why: null, ...more });
const decision = (text) => ({ number: number + 1, time: at(), kind: "decision", side: null, direction: null, text });
const media = (side, text) => ({ number: number + 1, time: at(), kind: "media", side, direction: null, text });

function call(entries, more = {}) {
    const ladder = { id: "x", state: "up", started: "2026-01-02T03:04:05.000Z", answered: "2026-01-02T03:04:05.000Z",
        ended: null, entries: entries(), left_out: 0, ...more };
    number = 0;
    return ladder;
}

test("arrows point from who said it to who heard it", () => {
    const rows = ladder_rows(call(() => [message("a", "in", "INVITE"), message("b", "out", "INVITE"), message("b", "in", "200 OK"), message("a", "out", "200 OK")]));
    assert.deepEqual(rows.map((row) => [row.lane, row.rightwards]), [["a", true], ["b", true], ["b", false], ["a", false]]);
    assert.deepEqual(rows.map((row) => row.since), [1, 2, 3, 4]);
});

test("a music server and the target of a transfer stand beside their leg, by name", () => {
    const rows = ladder_rows(call(() => [message("music_b", "out", "INVITE"), message("target_a", "in", "200 OK"), message("b", "in", "BYE")]));
    assert.deepEqual(rows.map((row) => [row.lane, row.guest]), [["b", "music server"], ["a", "transfer target"], ["b", ""]]);
});

test("classes of responses are told apart", () => {
    const texts = ["INVITE", "100 Trying", "200 OK", "302 Moved Temporarily", "488 Not Acceptable Here", "503 Service Unavailable", "603 Decline"];
    const rows = ladder_rows(call(() => texts.map((text) => message("a", "out", text))));
    assert.deepEqual(rows.map((row) => row.tone), ["request", "provisional", "success", "redirect", "failure", "failure", "failure"]);
});

test("music spans from where it starts to where something else is heard", () => {
    const rows = ladder_rows(call(() => [media("b", "B hears A"), media("b", "B hears A, and music while A is silent"), media("b", "music to B starts"),
        message("a", "in", "INVITE"), media("b", "music to B stops: B hears A"), media("a", "A hears music and not B"), media("a", "A hears B")]));
    assert.deepEqual(music_spans(rows), [{ lane: "a", from: 5, to: 5 }, { lane: "b", from: 2, to: 3 }]);
});

test("entries that were left out show as a gap", () => {
    const ladder = call(() => [decision("one"), decision("two")]);
    ladder.entries[1].number = 40;
    assert.deepEqual(ladder_rows(ladder).map((row) => row.gap), [0, 38]);
});

test("of a call that was healed the reason is why, not what came after", () => {
    const found = verdict(call(() => [decision("trying trunk b"), decision("b refused with 488 Not Acceptable Here; kept B's session and played music"), decision("A refreshes its session: b need not know")]));
    assert.equal(found.tone, "healed");
    assert.match(found.text, /^b refused with 488 .* played music$/);
});

test("of a call that failed the last reason stands above those before", () => {
    const over = { answered: null, ended: "2026-01-02T03:04:09Z" };
    const found = verdict(call(() => [decision("b did not respond in time"), decision("c refused with 503 Service Unavailable"), decision("A is refused with 503 Service Unavailable")], over));
    assert.equal(found.tone, "failed");
    assert.equal(found.text, "A is refused with 503 Service Unavailable");
    assert.equal(found.reasons.length, 3);
});

test("without a decision a refusal on the wire is the reason; a challenge is none", () => {
    const over = { answered: null, ended: "2026-01-02T03:04:09Z" };
    const found = verdict(call(() => [message("b", "in", "401 Unauthorized"), message("b", "in", "486 Busy Here"), message("b", "out", "ACK")], over));
    assert.equal(found.text, "B refused with 486 Busy Here");
    assert.equal(verdict(call(() => [message("b", "in", "407 Proxy Authentication Required")], over)).text, "nothing was decided yet");
});

test("a plain call says who hung up or gave up", () => {
    assert.equal(verdict(call(() => [message("b", "in", "BYE"), message("a", "out", "BYE")])).text, "B hung up");
    assert.equal(verdict(call(() => [message("a", "in", "CANCEL")], { answered: null })).text, "A gave up before an answer");
});

const unanswered = { answered: null, ended: "2026-01-02T03:04:09Z" };
const answered_at = (milliseconds) => ({
    ...unanswered, answered: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, milliseconds)).toISOString()
});

test("a caller who hangs up while it rings gave up: the 487 of B is no refusal", () => {
    const found = verdict(call(() => [message("a", "in", "CANCEL"), decision("A gave up before an answer"),
        message("a", "out", "487 Request Terminated"), message("b", "out", "CANCEL"),
        message("b", "in", "487 Request Terminated")], unanswered));
    assert.deepEqual([found.tone, found.text], ["fine", "A gave up before an answer"]);
    const wire = verdict(call(() => [message("a", "in", "CANCEL"), message("a", "out", "487 Request Terminated"),
        message("b", "in", "487 Request Terminated")], unanswered));
    assert.deepEqual([wire.tone, wire.text], ["fine", "A gave up before an answer"]);
});

test("who gives up after a first target refused is not refused; who was refused and hangs up then is", () => {
    const gone = verdict(call(() => [decision("b refused with 503 Service Unavailable"), decision("trying trunk c"),
        decision("A gave up before an answer")], unanswered));
    assert.deepEqual([gone.tone, gone.text, gone.reasons.length], ["fine", "A gave up before an answer", 1]);
    const entries = () => [decision("A is refused with 486 Busy Here"), message("a", "in", "CANCEL")];
    const refused = verdict(call(entries, unanswered));
    assert.deepEqual([refused.tone, refused.text], ["failed", "A is refused with 486 Busy Here"]);
});

test("a call that another target or device answered did not fail, and says what was tried before", () => {
    for (const first of ["b refused with 503 Service Unavailable", "bob at 192.0.2.1:5060 over udp could not be reached"]) {
        const found = verdict(call(() => [decision(first), decision("trying trunk c"), decision("B answered"),
            message("a", "in", "BYE")], answered_at(3)));
        assert.deepEqual([found.tone, found.text], ["fine", "A hung up"]);
        assert.deepEqual(found.reasons.map((entry) => entry.text), [first]);
    }
});

test("what was healed stays healed when the call is over; what ended it does not", () => {
    const healed = "b refused with 488 Not Acceptable Here; kept B's session and played music";
    const over = answered_at(1);
    for (const [end, tone] of [["A hung up", "healed"], ["the server ends the call: no media", "failed"]]) {
        assert.equal(verdict(call(() => [decision("B answered"), decision(healed), decision(end)], over)).tone, tone);
    }
});

test("a far side that is to be asked again soon has refused nothing", () => {
    const found = verdict(call(() => [decision("B answered"),
        decision("b cannot now (491 Request Pending): to be asked again in 2.1 s"), decision("A and B agree")], answered_at(1)));
    assert.deepEqual([found.tone, found.text], ["fine", "A and B agree"]);
});
