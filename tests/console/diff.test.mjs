import assert from "node:assert/strict";
import test from "node:test";
import { comparisons, diff, sdp_of } from "../../server/http/console/diff.js";

const marks = (rows) => rows.map(({ mark, left, right }) => `${{ same: "=", removed: "-", added: "+", changed: "~" }[mark]}${left}|${right}`);
const message = (lines, type = "application/sdp") => `INVITE sip:b@example.com SIP/2.0\r\nContent-Type: ${type}\r\n\r\n${lines.join("\r\n")}\r\n`;

test("lines of one subject are one that changed; others came or went", () => {
    const rows = diff(["v=0", "c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 8 9", "a=rtpmap:9 G722/8000", "a=sendrecv"],
        ["v=0", "c=IN IP4 203.0.113.9", "m=audio 20000 RTP/AVP 8", "a=sendonly", "a=rtcp-mux"]);
    assert.deepEqual(marks(rows), ["=v=0|v=0", "~c=IN IP4 192.0.2.1|c=IN IP4 203.0.113.9", "~m=audio 4000 RTP/AVP 8 9|m=audio 20000 RTP/AVP 8",
        "-a=rtpmap:9 G722/8000|", "~a=sendrecv|a=sendonly", "+|a=rtcp-mux"]);
});

test("both sides of a difference read as they were written", () => {
    const left = ["a", "b", "x=1", "c", "c", "d"];
    const right = ["b", "x=2", "c", "e", "d", "d"];
    const rows = diff(left, right);
    assert.deepEqual(rows.filter((row) => row.mark !== "added").map((row) => row.left), left);
    assert.deepEqual(rows.filter((row) => row.mark !== "removed").map((row) => row.right), right);
});

test("nothing against something, something against nothing, the same against itself", () => {
    assert.deepEqual(marks(diff([], ["v=0"])), ["+|v=0"]);
    assert.deepEqual(marks(diff(["v=0"], [])), ["-v=0|"]);
    assert.deepEqual(marks(diff(["v=0"], ["v=0"])), ["=v=0|v=0"]);
    assert.deepEqual(diff([], []), []);
});

test("a description is a body of that type, of a bounded length", () => {
    assert.deepEqual(sdp_of(message(["v=0", "s=-"])), ["v=0", "s=-"]);
    assert.equal(sdp_of(message(["digits"], "application/dtmf-relay")), null);
    assert.equal(sdp_of("BYE sip:b@example.com SIP/2.0\r\n\r\n"), null);
    assert.equal(sdp_of(null), null);
    assert.equal(sdp_of(message(Array(5000).fill("a=x"))).length, 600);
});

test("an offer is compared with what the other leg was offered, a re-INVITE with what its leg said before", () => {
    const entry = (side, direction, text, lines, sdp) => ({ kind: "message", side, direction, text, cseq: "1 INVITE", sdp, time: "t", message: message(lines) });
    const found = comparisons([
        entry("a", "in", "INVITE", ["v=0", "a=sendrecv"], "offer"), entry("b", "out", "INVITE", ["v=0", "a=sendrecv"], "offer"),
        entry("b", "in", "200 OK", ["v=0"], "answer"), entry("a", "out", "200 OK", ["v=0"], "answer"),
        { kind: "decision", side: null, text: "A puts B on hold" },
        entry("a", "in", "INVITE", ["v=0", "a=sendonly"], "offer"),
    ]);
    assert.deepEqual(found.map((pair) => pair.title), ["What A said, and what B was offered", "What B said, and what A was answered",
        "A: INVITE (1 INVITE) against what A said before"]);
    assert.deepEqual(marks(diff(found[2].left, found[2].right)), ["=v=0|v=0", "~a=sendrecv|a=sendonly"]);
});
