// The list of live calls as plain values: what is kept of a call, what is searched, how it is sorted.
const time_of = (text) => (text ? Date.parse(text) : null);
const party_of = (leg) => leg && {
    trunk: leg.trunk ?? "", user: leg.user ?? "", remote: leg.remote ?? "", transport: leg.transport ?? "",
};

export const party_name = (leg) => (leg ? leg.trunk || leg.user || leg.remote : "");
export const is_held = (call) => call.hold.a || call.hold.b;

// `call`: as the API has it, brief or whole.
export function summary(call) {
    const hold = call.hold ?? {};
    const a = party_of(call.a ?? call.legs?.a ?? null);
    const b = party_of(call.b ?? call.legs?.b ?? null);
    const one = {
        id: call.id, state: call.state, from: call.from ?? "", to: call.to ?? "", route: call.route ?? "",
        started: time_of(call.started), answered: time_of(call.answered),
        hold: { a: Boolean(hold.a), b: Boolean(hold.b) },
        music: { a: Boolean(hold.music?.a), b: Boolean(hold.music?.b) },
        renegotiations: call.renegotiations ?? 0, a, b,
    };
    const searched = [one.id, one.from, one.to, one.route, one.state];
    for (const leg of [a, b]) { if (leg) { searched.push(leg.trunk, leg.user, leg.remote, leg.transport); } }
    one.text = searched.join("\n").toLowerCase();
    return one;
}

// Those of a page that are not over: the end of the others has been told already.
export const listed = (calls) => calls.filter((call) => call.state !== "ending").map(summary);

// `filter`: { words, state, trunk, user, held }; what is empty asks for nothing.
export function matcher({ words = "", state = "", trunk = "", user = "", held = false }) {
    const all = words.toLowerCase().split(/\s+/).filter(Boolean);
    const party = user.trim().toLowerCase();
    return (call) => (!state || call.state === state)
        && (!held || is_held(call))
        && (!trunk || call.a?.trunk === trunk || call.b?.trunk === trunk)
        && (!party || [call.a, call.b].some((leg) => leg?.user.toLowerCase() === party))
        && all.every((word) => call.text.includes(word));
}

const hold_rank = (call) => (call.hold.a ? 2 : 0) + (call.hold.b ? 1 : 0);
const keys = {
    state: (call) => ["routing", "ringing", "up", "ending"].indexOf(call.state),
    from: (call) => call.from,
    to: (call) => call.to,
    a: (call) => party_name(call.a),
    b: (call) => party_name(call.b),
    route: (call) => call.route,
    hold: hold_rank,
    renegotiations: (call) => call.renegotiations,
    started: (call) => call.started,
};
export const columns = Object.keys(keys);

// By id where they are equal: rows do not change places for nothing.
export function sorted(calls, column, descending) {
    const key = keys[column] ?? keys.started;
    const sign = descending ? -1 : 1;
    const pairs = calls.map((call) => [key(call), call]);
    pairs.sort(([x, one], [y, other]) => {
        if (x !== y) { return (x < y ? -1 : 1) * sign; }
        return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
    });
    return pairs.map(([, call]) => call);
}

// Which rows of `count` are drawn, with some beyond both edges.
export function window_of(scroll_top, height, row_height, count, beyond = 6) {
    const first = Math.max(0, Math.min(Math.floor(scroll_top / row_height) - beyond, count));
    const last = Math.min(count, Math.ceil((scroll_top + height) / row_height) + beyond);
    return { first, last: Math.max(first, last) };
}

// One event of the server's stream on what is known; false: it changes no list.
export function apply(calls, type, data) {
    if (!type.startsWith("call.") || !data.call?.id) { return false; }
    if (type === "call.ended") { return calls.delete(data.call.id); }
    calls.set(data.call.id, summary(data.call));
    return true;
}
