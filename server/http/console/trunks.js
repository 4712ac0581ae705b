// A trunk in words.
import { moment } from "./text.js";

const state_words = (up) => (up === null ? "unknown" : up ? "up" : "down");

export const state_of = (trunk) => (trunk.asked ? state_words(trunk.up) : "not asked");

// "sip:one.example up since 10:00:00 (200)", or since another day
export function peer_words({ uri, up, since, last }) {
    if (!since) { return uri; }
    return `${uri} ${state_words(up)} since ${moment(since)}${last ? ` (${last})` : ""}`;
}

export const rejected_words = ({ rejected }) =>
    Object.entries(rejected).map(([reason, count]) => `${count} × ${reason}`).join(", ") || "–";
