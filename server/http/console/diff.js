// Session descriptions side by side: which lines were taken, left out, changed.
export const max_lines = 600;

// The body of a SIP message, if that is a description.
export function sdp_of(message) {
    const end = /\r?\n\r?\n/.exec(message ?? "");
    if (!end || !/^(content-type|c)\s*:\s*application\/sdp/im.test(message.slice(0, end.index))) { return null; }
    return message.slice(end.index + end[0].length).split(/\r?\n/).filter(Boolean).slice(0, max_lines);
}

// What two lines must share to be one line that changed: "a=rtpmap:8", "a=fmtp:96", "m=audio", "c="
function subject(line) {
    const [, of_payload] = /^(a=(?:rtpmap|fmtp|rtcp-fb|crypto|extmap|ssrc|candidate):\S+)/.exec(line) ?? [];
    if (of_payload) { return of_payload; }
    if (/^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line)) { return "a=direction"; }
    return /^(m=\S+|a=[^:]+|.=)/.exec(line)?.[1] ?? line;
}

// Lengths of the longest common subsequences of what is left of both.
function table_of(left, right) {
    const width = right.length + 1;
    const table = new Uint16Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; --i) {
        for (let j = right.length - 1; j >= 0; --j) {
            table[i * width + j] = left[i] === right[j] ? table[(i + 1) * width + j + 1] + 1
                : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
        }
    }
    return (i, j) => table[i * width + j];
}

// Lines between two that stayed: those of one subject are one that changed, the others came or went.
function paired(removed, added) {
    const rows = [];
    let next = 0;
    for (const left of removed) {
        const at = added.findIndex((line, index) => index >= next && subject(line) === subject(left));
        if (at < 0) {
            rows.push({ mark: "removed", left, right: "" });
            continue;
        }
        for (; next < at; ++next) { rows.push({ mark: "added", left: "", right: added[next] }); }
        rows.push({ mark: "changed", left, right: added[next++] });
    }
    for (; next < added.length; ++next) { rows.push({ mark: "added", left: "", right: added[next] }); }
    return rows;
}

// [{ mark: same | removed | added | changed, left, right }]
export function diff(left, right) {
    const length = table_of(left, right);
    const rows = [];
    let removed = [];
    let added = [];
    const settle = () => {
        rows.push(...paired(removed, added));
        removed = [];
        added = [];
    };
    let i = 0;
    let j = 0;
    while (i < left.length || j < right.length) {
        if (i < left.length && j < right.length && left[i] === right[j]) {
            settle();
            rows.push({ mark: "same", left: left[i++], right: right[j++] });
        } else if (j >= right.length || (i < left.length && length(i + 1, j) >= length(i, j + 1))) {
            removed.push(left[i++]);
        } else {
            added.push(right[j++]);
        }
    }
    settle();
    return rows;
}

const name = (entry) => `${entry.text} (${entry.cseq ?? ""})`.replace(" ()", "");
const whose = (side) => ({ a: "A", b: "B" })[side];

// Pairs worth comparing, of entries with whole messages: [{ title, left, right, left_name, right_name }]
export function comparisons(entries) {
    const pairs = [];
    const last = {};  // of "a in", "b out", …: { lines, entry }
    let waiting = null;  // what came in and was not yet seen to leave on the other side
    for (const entry of entries) {
        const lines = entry.kind === "message" && whose(entry.side) ? sdp_of(entry.message) : null;
        if (!lines) { continue; }
        const who = whose(entry.side);
        const before = last[`${entry.side} in`];
        if (entry.direction === "in") {
            if (before) {
                pairs.push({ title: `${who}: ${name(entry)} against what ${who} said before`, left: before.lines, right: lines,
                    left_name: name(before.entry), right_name: name(entry), time: entry.time });
            }
            last[`${entry.side} in`] = { lines, entry };
            waiting = { lines, entry };
        } else if (waiting && waiting.entry.side !== entry.side) {
            const from = whose(waiting.entry.side);
            const verb = /\boffer\b/.test(entry.sdp ?? "") ? "offered" : "answered";
            pairs.push({ title: `What ${from} said, and what ${who} was ${verb}`, left: waiting.lines, right: lines,
                left_name: `from ${from}: ${name(waiting.entry)}`, right_name: `to ${who}: ${name(entry)}`, time: entry.time });
            waiting = null;
        }
    }
    return pairs;
}
