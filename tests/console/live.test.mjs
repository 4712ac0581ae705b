import assert from "node:assert/strict";
import test, { afterEach, beforeEach, mock } from "node:test";
import { Live } from "../../server/http/console/live.js";

const call = (id) => ({ id, state: "up", from: "sip:a@x", to: "sip:b@x", started: "2026-01-02T03:04:05Z", answered: null });
const event = (type, id) => `event: ${type}\ndata: ${JSON.stringify({ call: call(id) })}\n\n`;

// A server whose streams and lists wait for the test.
class Server {
    streams = [];
    lists = [];
    is_deaf = false;  // lists come although they are wanted no more

    async fetch(path, { signal }) {
        if (path !== "/api/v1/events") {
            return new Promise((done, fail) => {
                this.lists.push({ signal, answer: (...ids) => done(Response.json({ calls: ids.map(call) })) });
                signal.addEventListener("abort", () => this.is_deaf || fail(signal.reason));
            });
        }
        const stream = { signal };
        const body = new ReadableStream({ start: (control) => {
            stream.say = (text) => control.enqueue(new TextEncoder().encode(text));
            signal.addEventListener("abort", () => control.error(signal.reason));
        } });
        this.streams.push(stream);
        return new Response(body);
    }
}

class Sight extends EventTarget {
    hidden = false;
    turn(hidden) {
        this.hidden = hidden;
        this.dispatchEvent(new Event("visibilitychange"));
    }
}

async function settled() { for (let i = 0; i < 20; ++i) { await new Promise(setImmediate); } }

let server;
let page;
let live;

beforeEach(async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    server = new Server();
    globalThis.fetch = (...asked) => server.fetch(...asked);
    page = new Sight();
    live = new Live(page);
    live.run();
    await settled();
});
afterEach(() => {
    page.turn(true);
    mock.timers.reset();
});

test("events that come before the list are told after it", async () => {
    server.streams[0].say(event("call.started", "2"));
    await settled();
    server.lists[0].answer("1");
    await settled();
    assert.deepEqual([...live.calls.keys()], ["1", "2"]);
    assert.equal(live.link, "live");
});

test("out of sight the stream is given up, in sight again the list is loaded anew", async () => {
    server.lists[0].answer("1");
    await settled();
    page.turn(true);
    await settled();
    assert.ok(server.streams[0].signal.aborted);
    assert.deepEqual([server.streams.length, live.link], [1, "connecting"]);
    page.turn(false);
    await settled();
    server.lists[1].answer("2", "3");
    await settled();
    assert.deepEqual([[...live.calls.keys()], live.link], [["2", "3"], "live"]);
});

test("a page that nobody sees yet asks for nothing", async () => {
    const hidden = new Sight();
    hidden.hidden = true;
    new Live(hidden).run();
    await settled();
    assert.equal(server.streams.length, 1, "that of the other page");
});

test("a list that does not come is no longer waited for, and is asked for again", async () => {
    mock.timers.tick(10000);
    await settled();
    assert.ok(server.streams[0].signal.aborted);
    assert.equal(live.link, "lost");
    mock.timers.tick(1000);
    await settled();
    server.lists[1].answer("1");
    await settled();
    assert.equal(live.link, "live");
});

test("a list that comes too late does not take the place of a newer one", async () => {
    server.is_deaf = true;
    for (const hidden of [true, false, true, false]) {
        page.turn(hidden);
        await settled();
    }
    const [, old, current] = server.lists;
    current.answer("new");
    await settled();
    old.answer("old");
    await settled();
    assert.deepEqual([...live.calls.keys()], ["new"]);
});

test("events that wait for the list are bounded: it is begun anew", async () => {
    const why = [];
    live.addEventListener("link", ({ detail }) => why.push(detail.why));
    for (let thousands = 0; thousands < 20; ++thousands) { server.streams[0].say(event("call.started", "1").repeat(1000)); }
    await settled();
    assert.deepEqual(why, []);
    server.streams[0].say(event("call.started", "1"));
    await settled();
    assert.ok(server.streams[0].signal.aborted);
    assert.deepEqual(why, ["events came faster than the list of calls"]);
});
