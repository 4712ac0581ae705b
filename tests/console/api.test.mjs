import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { ask, download, get, prompt } from "../../server/http/console/api.js";

const settled = () => new Promise(setImmediate);
let asked;  // [path, authorization] of each request
let answer; // (path, options): a response, or a promise of one

beforeEach(() => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout"] });
    asked = [];
    globalThis.fetch = async (path, options) => {
        asked.push([path, options.headers?.Authorization ?? ""]);
        return answer(path, options);
    };
});

const never = (_, { signal }) => new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(signal.reason)));

test("a request that is not answered ends after ten seconds, in words", async () => {
    answer = never;
    const refused = assert.rejects(get("/api/v1/calls"), /did not answer within 10 s/);
    await settled();
    mock.timers.tick(10000);
    await refused;
});

test("a body that does not come ends it too", async () => {
    answer = async (_, { signal }) => new Response(new ReadableStream({
        start: (control) => signal.addEventListener("abort", () => control.error(signal.reason)) }));
    const refused = assert.rejects(get("/api/v1/calls"), /did not answer within 10 s/);
    await settled();
    mock.timers.tick(10000);
    await refused;
});

test("of a stream only the beginning is to come in time", async () => {
    let given;
    answer = async (_, { signal }) => { given = signal; return new Response("data"); };
    await ask("/api/v1/events", { is_stream: true });
    mock.timers.tick(60000);
    assert.ok(!given.aborted);
    answer = never;
    const refused = assert.rejects(ask("/api/v1/events", { is_stream: true }), /did not answer/);
    await settled();
    mock.timers.tick(10000);
    await refused;
});

test("a request is taken back by whoever asked", async () => {
    answer = never;
    const stop = new AbortController();
    const refused = assert.rejects(get("/api/v1/calls", { signal: stop.signal }), /enough/);
    await settled();
    stop.abort(new Error("enough"));
    await refused;
});

test("however many wait for a token, each that is typed is tried once", async () => {
    answer = (_, { headers }) => Response.json({}, { status: headers.Authorization === "Bearer right" ? 200 : 401 });
    const typed = ["wrong", "wronger", "right"];
    const told = [];
    prompt.ask_token = async (was_refused) => { told.push(was_refused); return typed.shift(); };
    await Promise.all(["status", "calls", "trunks", "cdrs", "events"].map((one) => ask(`/api/v1/${one}`)));
    assert.deepEqual(told, [false, true, true]);
    assert.equal(asked.filter(([, token]) => token === "Bearer wrong").length, 1);
    assert.equal(asked.filter(([, token]) => token === "Bearer wronger").length, 1);
});

test("a file that is saved is there for a while", async () => {
    answer = () => new Response("pcap");
    const revoked = mock.method(URL, "revokeObjectURL");
    globalThis.document = { createElement: () => ({ click() {} }) };
    await download("/api/v1/calls/x/pcap", "x.pcapng");
    mock.timers.tick(59000);
    assert.equal(revoked.mock.callCount(), 0);
    mock.timers.tick(1000);
    assert.equal(revoked.mock.callCount(), 1);
});
