import assert from "node:assert/strict";
import test from "node:test";
import { peer_words, rejected_words, state_of } from "../../server/http/console/trunks.js";

test("a trunk is up, down, not known yet, or its peers are not asked", () => {
    for (const [trunk, words] of [[{ asked: true, up: true }, "up"], [{ asked: true, up: false }, "down"],
        [{ asked: true, up: null }, "unknown"], [{ asked: false, up: null }, "not asked"]]) {
        assert.equal(state_of(trunk), words);
    }
});

test("a peer says since when it is so, and what it said last", () => {
    assert.equal(peer_words({ uri: "sip:one", up: null, since: null, last: null }), "sip:one");
    assert.match(peer_words({ uri: "sip:one", up: false, since: "2026-01-02T03:04:05Z", last: "no answer" }),
        /^sip:one down since 2026-01-0\d \d\d:\d\d:05 \(no answer\)$/);
    assert.match(peer_words({ uri: "sip:one", up: null, since: "2026-01-02T03:04:05Z", last: null }),
        /^sip:one unknown since 2026-01-0\d \d\d:\d\d:05$/);
});

test("what a trunk was refused is told by reason", () => {
    assert.equal(rejected_words({ rejected: {} }), "–");
    assert.equal(rejected_words({ rejected: { 415: 1, 488: 20 } }), "1 × 415, 20 × 488");
});
