import assert from "node:assert/strict";
import test from "node:test";
import { SseParser } from "../../server/http/console/sse.js";

const stream = ": hello\n\nid: 7\nevent: call.held\ndata: {\"a\":1}\n\ndata: one\r\ndata: two\r\n\r\n";
const wanted = [{ type: "call.held", data: "{\"a\":1}", id: "7" }, { type: "message", data: "one\ntwo", id: "7" }];

test("events with their type, data over several lines, the last id; comments are none", () => {
    assert.deepEqual(new SseParser().push(stream), wanted);
});

test("wherever the stream is cut, the events are the same", () => {
    for (let cut = 0; cut <= stream.length; ++cut) {
        const parser = new SseParser();
        assert.deepEqual([...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))], wanted, `cut at ${cut}`);
    }
    const parser = new SseParser();
    assert.deepEqual([...stream].flatMap((character) => parser.push(character)), wanted);
});

test("an event without data, and one that is not complete, is none", () => {
    const parser = new SseParser();
    assert.deepEqual(parser.push("event: call.ended\n\ndata: half"), []);
    assert.deepEqual(parser.push("\n\n"), [{ type: "message", data: "half", id: "" }]);
});

test("an event that never ends is not kept for ever", () => {
    const parser = new SseParser();
    assert.throws(() => { for (let i = 0; i < 20; ++i) { parser.push("x".repeat(100_000)); } }, /without an end/);
});

test("unknown fields, one without a colon and a value with colons", () => {
    assert.deepEqual(new SseParser().push("retry: 5\ndata\nfoo\ndata: a: b\n\n"), [{ type: "message", data: "\na: b", id: "" }]);
});
