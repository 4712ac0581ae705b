// A server that speaks the console's part of the API, with as many calls and changes of them as a test wants:
// node console_fixture.mjs CALLS CHANGES_A_SECOND BUNDLE PAGE. Prints its address; POST /fixture/cut ends the streams of
// events, POST /fixture/refuse has a reload refused, as another operator's would be.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [calls_wanted, changes_a_second, bundle, page] = process.argv.slice(2);
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const files = {
    "/": ["text/html; charset=utf-8", readFileSync(`${page}/index.html`)],
    "/console/style.css": ["text/css; charset=utf-8", readFileSync(`${page}/style.css`)],
    "/console/console.js": ["text/javascript; charset=utf-8", readFileSync(bundle)],
};
const trunks = ["carrier-a", "carrier-b", "pbx"];
const started = Date.now();
let made = 0;

function new_call() {
    const number = made++;
    const at = new Date(started - (number % 3600) * 1000).toISOString();
    return {
        id: `call${String(number).padStart(6, "0")}`, state: number % 50 ? "up" : "ringing", from: `sip:+4930${100000 + number}@192.0.2.1`,
        to: `sip:${200000 + number}@192.0.2.9`, route: "inbound", started: at, answered: number % 50 ? at : null,
        hold: { a: false, b: false, operator: { a: false, b: false }, music: { a: false, b: false } }, renegotiations: number % 5,
        a: { trunk: trunks[number % 3], user: null, remote: `198.51.100.${number % 250}:5060`, transport: "udp" },
        b: { trunk: null, user: `user${number % 400}`, remote: `203.0.113.${number % 250}:5060`, transport: "ws" },
    };
}

const calls = new Map();
for (let i = 0; i < Number(calls_wanted); ++i) {
    const call = new_call();
    calls.set(call.id, call);
}
const listeners = new Set();
let number = 0;
const say = (type, more) => {
    const event = `id: ${++number}\nevent: ${type}\ndata: ${JSON.stringify({ at: new Date().toISOString(), ...more })}\n\n`;
    for (const listener of listeners) { listener.write(event); }
};

// One of them ends and another begins, or one is held or resumed.
function change(turn) {
    const ids = [...calls.keys()];
    const call = calls.get(ids[(turn * 7919) % ids.length]);
    if (turn % 4 === 0) {
        calls.delete(call.id);
        say("call.ended", { call: { ...call, state: "ending" }, outcome: "answered" });
        const next = new_call();
        calls.set(next.id, next);
        return say("call.started", { call: next });
    }
    call.hold = { ...call.hold, a: !call.hold.a, music: { a: false, b: !call.hold.a } };
    ++call.renegotiations;
    say(call.hold.a ? "call.held" : "call.resumed", { call });
}

function list(query) {
    const after = query.get("after") ?? "";
    const limit = Number(query.get("limit") ?? 100);
    const rest = [...calls.values()].filter((call) => call.id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    const shown = rest.slice(0, limit);
    return { calls: shown, ...(rest.length > limit ? { next: shown[limit - 1].id } : {}) };
}

const status = () => ({ name: "fixture", version: "0.0.0", commit: "", state: "serving", started: new Date(started).toISOString(),
    uptime_seconds: Math.floor((Date.now() - started) / 1000), calls: { up: calls.size } });

function answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, "http://fixture");
    const json = (value, code = 200) => response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    if (files[pathname]) {
        const [type, body] = files[pathname];
        return response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": policy }).end(body);
    }
    if (pathname === "/api/v1/status") { return json(status()); }
    if (pathname === "/api/v1/calls") { return json(list(searchParams)); }
    if (pathname === "/api/v1/events") {
        response.writeHead(200, { "Content-Type": "text/event-stream" }).write(": hello\n\n");
        listeners.add(response);
        return response.on("close", () => listeners.delete(response));
    }
    if (pathname === "/fixture/cut") {
        for (const listener of listeners) { listener.end(); }
        return json({});
    }
    if (pathname === "/fixture/refuse") {
        say("server.reload_refused", { errors: ["holdfast.yaml:3:1: sip.listen: nonsense"] });
        return json({});
    }
    return json({ type: "about:blank", title: "Not Found", status: 404 }, 404);
}

const server = createServer(answer);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
if (Number(changes_a_second)) {
    let turn = 0;
    setInterval(() => { for (let i = 0; i < Number(changes_a_second) / 20; ++i) { change(++turn); } }, 50);
}
process.on("SIGTERM", () => process.exit(0));
