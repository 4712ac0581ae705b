import assert from "node:assert/strict";
import test from "node:test";
import { apply, listed, matcher, sorted, summary, window_of } from "../../server/http/console/call_list.js";

const brief = (id, more = {}) => ({
    id, state: "up", from: "sip:alice@example.com", to: `sip:+49${id}@example.com`, route: "out",
    started: "2026-01-02T03:04:05Z", answered: "2026-01-02T03:04:07Z", hold: { a: false, b: false }, renegotiations: 0,
    a: { trunk: null, user: "alice", remote: "192.0.2.1:5060", transport: "ws" },
    b: { trunk: "carrier-a", user: null, remote: "198.51.100.9:5060", transport: "udp" }, ...more,
});
const ids = (calls) => calls.map((call) => call.id).join(" ");

test("a brief call and a whole one come to the same", () => {
    const { a, b, ...rest } = brief("1");
    assert.deepEqual(summary({ ...rest, legs: { a, b } }), summary(brief("1")));
});

test("a call that has only begun has one leg and no answer", () => {
    const call = summary(brief("1", { answered: null, b: null, hold: undefined, state: "routing" }));
    assert.equal(call.answered, null);
    assert.equal(call.b, null);
    assert.deepEqual(call.hold, { a: false, b: false });
});

test("each word of a search must be somewhere: number, trunk, user, address, however it is written", () => {
    const call = summary(brief("30123"));
    for (const words of ["", "30123", "ALICE carrier", "198.51.100", " +4930 "]) { assert.ok(matcher({ words })(call), words); }
    for (const words of ["bob", "alice bob", "30124"]) { assert.ok(!matcher({ words })(call), words); }
});

test("filters hold together: state, trunk of either leg, user, held", () => {
    const call = summary(brief("1", { hold: { a: true, b: false } }));
    assert.ok(matcher({ state: "up", trunk: "carrier-a", user: "Alice", held: true })(call));
    for (const filter of [{ state: "ringing" }, { trunk: "carrier" }, { user: "ali" }]) { assert.ok(!matcher(filter)(call)); }
    assert.ok(!matcher({ held: true })(summary(brief("2"))));
});

test("a column sorts both ways, and what is equal stays in the order of ids", () => {
    const calls = [brief("c", { renegotiations: 1 }), brief("a", { renegotiations: 2 }), brief("b", { renegotiations: 1 })].map(summary);
    assert.equal(ids(sorted(calls, "renegotiations", false)), "b c a");
    assert.equal(ids(sorted(calls, "renegotiations", true)), "a b c");
    assert.equal(ids(sorted(calls, "to", true)), "c b a");
    assert.equal(ids(calls), "c a b", "the list that was given is as it was");
});

test("events add, change and take away; those of trunks change no list", () => {
    const calls = new Map();
    assert.ok(apply(calls, "call.started", { call: brief("1", { state: "routing" }) }));
    assert.ok(apply(calls, "call.held", { call: brief("1", { hold: { a: true, b: false } }) }));
    assert.ok(calls.get("1").hold.a);
    assert.ok(!apply(calls, "trunk.down", { trunk: "carrier-a" }));
    assert.ok(!apply(calls, "call.ended", { call: brief("unknown") }));
    assert.ok(apply(calls, "call.ended", { call: brief("1"), outcome: "answered" }));
    assert.equal(calls.size, 0);
});

test("a call that is over is not listed: its end was told before the list was asked for", () => {
    assert.equal(ids(listed([brief("1"), brief("2", { state: "ending" }), brief("3", { state: "routing" })])), "1 3");
});

test("only rows in sight and some beyond are drawn, at both ends of the list too", () => {
    assert.deepEqual(window_of(0, 340, 34, 5000, 6), { first: 0, last: 16 });
    assert.deepEqual(window_of(34000, 340, 34, 5000, 6), { first: 994, last: 1016 });
    assert.deepEqual(window_of(34 * 4990, 340, 34, 5000, 6), { first: 4984, last: 5000 });
    assert.deepEqual(window_of(34000, 340, 34, 3, 6), { first: 3, last: 3 }, "a list that became short under the reader");
    assert.deepEqual(window_of(0, 340, 34, 0), { first: 0, last: 0 });
});
