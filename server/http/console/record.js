// The record of a call whose ladder is not kept any more, in words.
import { clock, count, decimal, duration, plural } from "./text.js";

export function record_verdict({ outcome, code, cause }) {
    const words = cause || outcome;
    const is_said = code < 300 || words.includes(String(code));
    const is_fine = ["answered", "cancelled"].includes(outcome);
    return { tone: is_fine ? "fine" : "failed", text: is_said ? words : `${words} (${code})` };
}

export function record_facts(record) {
    const { renegotiations, healed } = record;
    return [duration(record.answered ? record.duration_s : null), `started ${clock(record.started, true)}`,
        `ended ${clock(record.ended)} by ${record.ended_by}`, `set up in ${decimal(record.setup_s, 1)} s`,
        `route ${record.originated ? "operator" : record.route || "–"}`,
        renegotiations ? plural(renegotiations, "change") + (healed ? `, ${healed} healed` : "") : ""].filter(Boolean);
}

const rows = [
    ["URI", (leg) => leg.uri],
    ["Trunk or user", (leg) => leg.trunk || leg.user],
    ["At", (leg) => leg.remote && `${leg.remote} over ${leg.transport}`],
    ["Call-ID", (leg) => leg.call_id],
    ["Codecs", (leg) => leg.codecs.join(" ")],
    ["SRTP", (leg) => leg.srtp],
    ["Packets in / out", (leg) => `${count(leg.packets_in)} / ${count(leg.packets_out)}`],
    ["Lost", (leg) => count(leg.lost)],
    ["Jitter", (leg) => leg.jitter_ms !== null && `${decimal(leg.jitter_ms, 1)} ms`],
    ["Round trip", (leg) => leg.rtt_ms !== null && `${decimal(leg.rtt_ms, 0)} ms`],
    ["MOS", (leg) => decimal(leg.mos, 2)],
    ["On hold", (leg) => duration(leg.hold_s)],
    ["Heard music", (leg) => duration(leg.music_s)],
];

// [[what, of A, of B], …]
export const record_rows = ({ legs }) =>
    rows.map(([name, text]) => [name, ...[legs.a, legs.b].map((leg) => (leg && text(leg)) || "–")]);
