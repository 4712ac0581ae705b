// node openapi.mjs OUT.json: the description of the HTTP API that is served at /openapi.json (OpenAPI 3.1, JSON Schema 2020-12).
// Each row of the routing table (api_routes.cpp) stands here, and nothing else: tests compare them, and hold real answers against
// the schemas. No schema allows a member that it does not name.
import { writeFileSync } from "node:fs";

// --- Words for schemas

const text = { type: "string" };
const flag = { type: "boolean" };
const count = { type: "integer", minimum: 0 };
const ordinal = { type: "integer", minimum: 1 };
const amount = { type: "number", minimum: 0 };
const one_of = (...values) => ({ enum: values });
const list = (items) => ({ type: "array", items });
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const nothing_or = (schema) => (schema.enum ? { enum: [...schema.enum, null] }
    : typeof schema.type === "string" ? { ...schema, type: [schema.type, "null"] }
    : { oneOf: [schema, { type: "null" }] });
const about = (description, schema) => ({ ...schema, description });

// A member whose name ends with "?" may be left out.
function object(members) {
    const names = Object.keys(members);
    const bare = (name) => name.replace(/\?$/, "");
    return { type: "object", required: names.filter((name) => !name.endsWith("?")),
        properties: Object.fromEntries(names.map((name) => [bare(name), members[name]])), additionalProperties: false };
}

// --- Words for routes

const content = (schema, ...types) => Object.fromEntries(types.map((type) => [type, { schema }]));
const json = (description, schema) => ({ description, content: content(schema, "application/json") });
const page = (description, ...types) => ({ description, content: content(text, ...types.map((type) => `${type}; charset=utf-8`)) });
const problem = (description) => ({ description, content: content(ref("Problem"), "application/problem+json") });
const done = { description: "Done, or taken: there is no body." };
const unchanged = { description: "As `If-None-Match` says." };
const open = { security: [] };  // without the token
const body_of = (schema) => ({ requestBody: { required: true, content: content(schema, "application/json") } });
const in_path = (name, schema = text) => ({ name, in: "path", required: true, schema });
const query = (name, schema, description) => ({ name, in: "query", description, schema });
const limit = query("limit", { type: "integer", minimum: 1, maximum: 1000, default: 100 }, "At most so many.");

const routes = {};
// `answers`: by status; whatever else is answered is a problem.
function route(method, path, summary, answers, more = {}) {
    const { query: questions = [], path: named = {}, ...rest } = more;
    const parameters = [...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => in_path(name, named[name])), ...questions];
    (routes[path] ??= {})[method.toLowerCase()] = { summary, ...(parameters.length ? { parameters } : {}), ...rest,
        responses: { ...answers, default: { $ref: "#/components/responses/Problem" } } };
}

// --- Schemas

const of_legs = object({ a: flag, b: flag });
const schemas = {
    Problem: about("RFC 9457.", object({ type: text, title: text, status: { type: "integer" }, "detail?": text, "errors?": list(text) })),
    Time: about("RFC 3339, UTC, with milliseconds.", { type: "string", format: "date-time" }),
    Transport: one_of("udp", "tcp", "tls", "ws", "wss"),
    Direction: about("Ours, as the peer was told.", one_of("sendrecv", "sendonly", "recvonly", "inactive")),
    CallState: one_of("routing", "ringing", "up", "ending"),
    LogLevel: object({ level: one_of("trace", "debug", "info", "warn", "error") }),
    Status: object({
        name: text, version: text, commit: text, state: one_of("serving", "draining"), started: ref("Time"), uptime_seconds: count,
        workers: ordinal, listeners: about("Such as `udp://192.0.2.1:5060`.", list(text)),
        calls: object({ routing: count, ringing: count, up: count, ending: count }),
        overload: about("New calls are turned away: no media ports are left.", flag),
        config: object({
            file: about("Null: the environment, or the embedded defaults.", nothing_or(text)),
            loaded: about("When the configuration was taken that is in use.", ref("Time")), last_reload_ok: flag,
            refused: about("The latest reload, where it was refused.", nothing_or(object({ at: ref("Time"), errors: list(text) }))) }),
        dialogs: count, transactions: count, media_sessions: count, sip_connections: count }),
    Call: about("A live call.", object({
        id: text, state: ref("CallState"), from: text, to: text, route: text, started: ref("Time"), answered: nothing_or(ref("Time")),
        hold: ref("Hold"), renegotiations: count,
        legs: object({ a: ref("Leg"), b: about("Null: a built-in end, or none was tried yet.", nothing_or(ref("Leg"))) }),
        devices: about("Of a user, that rang together, in the order in which they were called.", list(object({
            user: text, transport: ref("Transport"), remote: text, call_id: text, outcome: text }))) })),
    CallBrief: about("The same without its media: whose the legs are, and where.", object({
        id: text, state: ref("CallState"), from: text, to: text, route: text, started: ref("Time"), answered: nothing_or(ref("Time")),
        hold: ref("Hold"), renegotiations: count,
        a: about("Null: nobody is there yet.", nothing_or(ref("LegBrief"))), b: nothing_or(ref("LegBrief")) })),
    LegBrief: object({ trunk: nothing_or(text), user: nothing_or(text), remote: text, transport: ref("Transport") }),
    Hold: about("`a`, `b`: the peer of that leg holds; `operator`: an operator does; `music`: who hears it.",
        object({ a: flag, b: flag, operator: of_legs, music: of_legs })),
    CallEvent: about("`data` of `call.started`, `call.ringing`, `call.answered`, `call.renegotiated`, `call.changed`: anything else of it "
        + "differs; `call.held`, `call.resumed` with `leg` and by whom; `call.ended` with what its record says of the end.",
        object({ at: ref("Time"), call: ref("CallBrief"), "leg?": one_of("a", "b"), "by?": one_of("peer", "operator"),
            "outcome?": ref("Outcome"), "code?": count, "cause?": text, "ended_by?": ref("EndedBy") })),
    TrunkEvent: about("`data` of `trunk.up`, `trunk.down`: of one peer.", object({
        at: ref("Time"), trunk: text, peer: text, why: about("What it answered, or that it did not.", text),
        up: about("The trunk with all its peers; null: not known yet.", nothing_or(flag)) })),
    ServerEvent: about("`data` of `server.draining`, `server.reloaded`, `server.reload_refused`.",
        object({ at: ref("Time"), "errors?": list(text) })),
    Trunk: object({
        name: text, asked: about("Whether its peers are there: `options_ping`.", flag),
        up: about("While any peer is; null: not known.", nothing_or(flag)), calls: about("Legs on it.", count),
        peers: list(ref("TrunkPeer")),
        rejected: about("Requests that began nothing, by status.", { type: "object", additionalProperties: count }) }),
    TrunkPeer: object({
        uri: text, priority: count, weight: count, up: about("Null: not asked, or not known yet.", nothing_or(flag)),
        since: about("It is so.", nothing_or(ref("Time"))), answered: about("When it did last.", nothing_or(ref("Time"))),
        last: about("What came of the last question: a status, or what was wrong.", nothing_or(text)) }),
    Leg: about("Of one that an originated call is yet to call, `uri` alone is known.", object({
        uri: text, call_id: about("Call-ID of its SIP dialog.", nothing_or(text)), transport: nothing_or(ref("Transport")),
        remote: nothing_or(text), trunk: nothing_or(text), user: nothing_or(text), direction: nothing_or(one_of("in", "out")),
        offer_answer_state: nothing_or(one_of("stable", "local_offer", "remote_offer")), slots: list(ref("Slot")) })),
    Slot: about("A line of the session description, and what flows.", object({
        kind: about("`audio`, `video`, …", text), codec: nothing_or(text), direction: ref("Direction"),
        srtp: about("The suite; null: in the clear.", nothing_or(text)),
        ice: about("Of its transport; null: it has none.", nothing_or(one_of("checking", "connected", "disconnected"))),
        rtcp_mux: flag, local: text, remote: nothing_or(text),
        packets_in: count, packets_out: count, bytes_in: count, bytes_out: count, lost: count, jitter_ms: amount,
        rtt_ms: nothing_or(amount), mos: about("How its peer is heard (ITU-T G.107).", nothing_or(amount)) })),
    Ladder: about("What happened in a call, in plain words.", object({
        id: text, state: one_of("routing", "ringing", "up", "ending", "ended"), from: text, to: text, route: text,
        started: ref("Time"), answered: nothing_or(ref("Time")), ended: nothing_or(ref("Time")),
        entries: list({ oneOf: [ref("LadderMessage"), ref("LadderEvent")] }),
        left_out: about("Entries after the first 60 that were not kept.", count),
        "messages_left_out?": about("Messages that were not kept whole, after those of the set-up.", count) })),
    LadderMessage: about("A SIP message.", object({
        number: about("Its place among all entries of the call.", ordinal), time: ref("Time"), kind: { const: "message" },
        side: about("Whose: a leg, its music server, the target of its transfer.",
            one_of("a", "b", "music_a", "music_b", "target_a", "target_b")),
        direction: about("Seen from the server.", one_of("in", "out")), text: about("The start line.", text), cseq: nothing_or(text),
        sdp: about("Its description in a few words.", nothing_or(text)),
        why: about("Its Warning, Reason or Retry-After.", nothing_or(text)),
        "message?": about("The whole of it, without its secrets.", text), "source?": text, "destination?": text,
        "transport?": ref("Transport") })),
    LadderEvent: about("A decision of the server, or what became of media.", object({
        number: ordinal, time: ref("Time"), kind: one_of("decision", "media"),
        side: about("Null: the call as a whole.", nothing_or(one_of("a", "b", "music_a", "music_b"))),
        direction: { type: "null" }, text })),
    Timeline: about("How the media of a call fared, step by step.", object({
        id: text, interval_ms: ordinal, from: about("When the first step began.", nothing_or(ref("Time"))),
        legs: object({ a: list(ref("Sample")), b: list(ref("Sample")) }) })),
    Sample: object({
        codec: nothing_or(text), hold: flag, music: flag, packets_in: count, packets_out: count, lost: count,
        direction: about("Null: there was no such leg, or no media yet.", nothing_or(ref("Direction"))),
        jitter_ms: nothing_or(amount), rtt_ms: nothing_or(amount), mos: nothing_or(amount) }),
    Originate: object({
        from: { type: "string", minLength: 1, maxLength: 256, description: "A user, a number or a SIP URI." },
        to: { type: "string", minLength: 1, maxLength: 256, description: "A number or a SIP URI, as `from` would dial it." },
        "display?": { type: "string", minLength: 1, maxLength: 128, description: "Name that `from` is shown." },
        "timeout_s?": { type: "integer", minimum: 1, maximum: 600, description: "How long each may ring; `sip.no_answer` by default." },
        "as?": { type: "string", minLength: 1, maxLength: 256, description: "By whose routes: `trunk:NAME`, `user:NAME`; else by those of `from`." } }),
    Registration: object({
        user: text, contact: text, transport: ref("Transport"), remote: text, instance: nothing_or(text), user_agent: nothing_or(text),
        refreshed: ref("Time"), expires: ref("Time"), connection_lost: about("It is waited for: `sip.websocket_grace`.", flag) }),
    Outcome: one_of("answered", "busy", "cancelled", "no_answer", "refused", "failed"),
    EndedBy: one_of("a", "b", "operator", "server"),
    Record: about("A call that has ended.", object({
        id: text, started: ref("Time"), answered: nothing_or(ref("Time")), ended: ref("Time"),
        originated: about("By an operator, by `POST /api/v1/calls`.", flag),
        setup_s: about("Until it was answered or given up.", amount), duration_s: about("From then on.", amount), from: text, to: text,
        route: nothing_or(text), outcome: ref("Outcome"),
        code: about("Of the final response to A.", { type: "integer", minimum: 0, maximum: 699 }), cause: about("In words.", text),
        ended_by: ref("EndedBy"), renegotiations: count, healed: count,
        legs: object({ a: ref("LegRecord"), b: nothing_or(ref("LegRecord")) }) })),
    LegRecord: object({
        call_id: text, uri: text, trunk: nothing_or(text), user: nothing_or(text), transport: text, remote: text, codecs: list(text),
        srtp: nothing_or(text), hold_s: amount, music_s: amount, packets_in: count, packets_out: count, lost: count,
        jitter_ms: nothing_or(amount), rtt_ms: nothing_or(amount), mos: nothing_or(amount) }),
};

// --- Routes

route("GET", "/healthz", "Is the server alive, draining or not?", { 200: json("It is.", object({ status: { const: "ok" } })) }, open);
route("GET", "/readyz", "Does it take calls?",
    { 200: json("It does.", object({ status: { const: "ready" } })), 503: problem("It drains, or has no media ports left.") }, open);
route("GET", "/metrics", "For Prometheus, on `metrics.listen`", { 200: page("See docs/metrics.md.", "text/plain; version=0.0.4") }, open);
route("GET", "/openapi.json", "This document", { 200: json("OpenAPI 3.1.", { type: "object" }), 304: unchanged }, open);
route("GET", "/", "The console", { 200: page("Its page.", "text/html"), 304: unchanged }, open);
route("GET", "/console/{file}", "Files of the console", { 200: page("One.", "text/css", "text/javascript"), 304: unchanged }, open);
route("GET", "/phone", "A softphone, to try the server out", { 200: page("Its page.", "text/html"), 304: unchanged }, open);
route("GET", "/phone/{file}", "Files of the softphone", {
    200: { description: "One; `settings.json` is what it has to know of the server.", content: {
        ...page("", "text/css", "text/javascript").content,
        ...content(object({ websocket: text, domain: text, users: list(text), password: text, numbers: list(text) }), "application/json") } },
    304: unchanged }, open);

route("GET", "/api/v1/status", "How the server is", { 200: json("So.", ref("Status")) });
route("POST", "/api/v1/drain", "No new calls; the server leaves with the last one",
    { 202: json("It drains.", object({ state: { const: "draining" } })) });
route("POST", "/api/v1/reload", "Reads the configuration again", {
    200: json("It is in use.", object({ reloaded: { const: true } })),
    422: problem("It has `errors`; the one before stays in use.") });
route("GET", "/api/v1/log", "What the log shows", { 200: json("Its level.", ref("LogLevel")) });
route("PUT", "/api/v1/log", "Another level, until a reload sets it",
    { 200: json("It is in force.", ref("LogLevel")), 400: problem("There is no such level.") }, body_of(ref("LogLevel")));

const no_call = { 404: problem("No such call.") };
const no_call_kept = { 404: problem("No such call, live or among those that ended last.") };
route("GET", "/api/v1/calls", "Live calls, by id, page by page", {
    200: json("A page.", object({ calls: list({ anyOf: [ref("Call"), ref("CallBrief")] }), "next?": about("`after` of the next page; none: this is the last.", text) })),
    400: problem("A parameter does not fit.") },
    { query: [limit, query("after", text, "Those behind this id."), query("state", ref("CallState"), "Those in it."),
        query("trunk", text, "Those with a leg on it."), query("user", text, "Those with a leg of that user."),
        query("brief", flag, "As CallBrief: quick for thousands of calls.")] });
route("POST", "/api/v1/calls", "Calls `from` and, when it has answered, `to`", {
    202: { ...json("The call is under way.", object({ id: text })), headers: { Location: { schema: text } } },
    400: problem("It does not fit."), 404: problem("No way leads to one of them."),
    429: problem("Too many wait for their first answer, or this source asks too often."), 503: problem("The server drains.") },
    body_of(ref("Originate")));
route("GET", "/api/v1/calls/{id}", "A live call", { 200: json("It.", ref("Call")), ...no_call });
route("DELETE", "/api/v1/calls/{id}", "Ends a call", { 204: done, ...no_call });
route("GET", "/api/v1/calls/{id}/ladder", "Messages, decisions and media of a call, also of one that ended lately",
    { 200: json("In order of time.", ref("Ladder")), 400: problem("A parameter does not fit."), ...no_call_kept },
    { query: [query("messages", flag, "Each message whole, where it was kept.")] });
route("GET", "/api/v1/calls/{id}/pcap", "A call's SIP messages for Wireshark, also of one that ended lately", {
    200: { description: "pcapng, to be saved.", content: content({}, "application/x-pcapng") },
    400: problem("A parameter does not fit."), ...no_call_kept, 409: problem("The call has no media yet, or no more."),
    429: problem("As many captures of media as there may be run already.") },
    { query: [query("rtp", { type: "integer", minimum: 1, maximum: 60 },
        "Seconds for which the RTP and RTCP of a live call are added; the answer comes when they are over.")] });
route("GET", "/api/v1/calls/{id}/timeline", "The media of a call over time, also of one that ended lately",
    { 200: json("Both legs.", ref("Timeline")), ...no_call_kept });
route("POST", "/api/v1/calls/{id}/legs/{leg}/{order}", "Holds a leg with music, takes it back, tells its peer again what is agreed", {
    204: done, 404: problem("No such call, leg or order."),
    409: problem("The call is not up with a peer on each leg, or is being transferred.") },
    { path: { leg: one_of("a", "b"), order: one_of("hold", "resume", "reinvite") } });
route("GET", "/api/v1/events", "What happens from now on, until either side ends it", {
    200: { description: "Server-sent events, numbered: CallEvent, TrunkEvent, ServerEvent; `overflow` before the end of a stream that was "
        + "read too slowly.", content: content(text, "text/event-stream") },
    503: problem("As many watch as may; Retry-After.") });
route("GET", "/api/v1/trunks", "The trunks, and whether their peers are there",
    { 200: json("By name.", object({ trunks: list(ref("Trunk")) })) });
route("GET", "/api/v1/registrations", "Where users are",
    { 200: json("By user.", object({ registrations: list(ref("Registration")) })) });

const no_records = { 503: problem("None are kept, or the database is away.") };
route("GET", "/api/v1/cdrs", "Records of calls that ended, the latest first, page by page", {
    200: json("A page.", object({ cdrs: list(ref("Record")), "next?": about("`after` of the next page.", text) })),
    400: problem("A parameter does not fit."), ...no_records },
    { query: [limit, query("after", text, "`next` of the page before."),
        query("from", text, "Those that began at this time or later: RFC 3339; a day alone is its beginning."),
        query("to", text, "Those that began before."), query("trunk", text, "With a leg on it."),
        query("user", text, "With a leg of that user."), query("outcome", text, "As in the record."),
        query("number", text, "Stands in the caller's or the dialled URI."), query("call", text, "Call-ID of either leg.")] });
route("GET", "/api/v1/cdrs/{id}", "The record of a call",
    { 200: json("It.", ref("Record")), 404: problem("No record of such a call."), ...no_records });

const description = "A route that answers GET answers HEAD too, other methods with 405 and Allow. Errors are problem details (RFC 9457); "
    + "besides those of each route: 400 for a target or message that cannot be read, 401 without the token, 403 for pages of others "
    + "where there is none, 413 and 431 for what is too long, 429 with Retry-After for a source that asks too often or has tried too "
    + "many tokens, 503 where no answer came in time.";

writeFileSync(process.argv[2], JSON.stringify({
    openapi: "3.1.0", info: { title: "holdfast", version: "1", description }, servers: [{ url: "/" }], security: [{ token: [] }],
    paths: routes,
    components: {
        securitySchemes: { token: { type: "http", scheme: "bearer", description: "`admin.token`; where there is none, none is asked for." } },
        responses: { Problem: problem("Whatever else.") }, schemas } }) + "\n");
