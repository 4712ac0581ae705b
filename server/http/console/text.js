// Times and numbers as the console writes them.
const two = (number) => String(number).padStart(2, "0");

export function duration(seconds) {
    if (seconds === null || seconds === undefined || Number.isNaN(seconds)) { return "–"; }
    const whole = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(whole / 3600);
    const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
}

export function long_duration(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const days = Math.floor(whole / 86400);
    const hours = Math.floor((whole % 86400) / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    if (days) { return `${days} d ${hours} h`; }
    if (hours) { return `${hours} h ${minutes} min`; }
    return minutes ? `${minutes} min` : `${whole} s`;
}

const day_of = (time) => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;

export function clock(at, with_date = false) {
    const time = new Date(at);
    if (Number.isNaN(time.getTime())) { return "–"; }
    const hour = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
    return with_date ? `${day_of(time)} ${hour}` : hour;
}

// With the date, unless that is today's.
export const moment = (at, now = Date.now()) => clock(at, day_of(new Date(at)) !== day_of(new Date(now)));

// Of the reader's clock, whose times are shown: "UTC+02:00"
export function zone(time = new Date()) {
    const minutes = -time.getTimezoneOffset();
    const ahead = Math.abs(minutes);
    return `UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}

// Since the start of a call: "+1.204"
export const offset = (ms) => `+${(Math.max(0, ms) / 1000).toFixed(3)}`;
export const count = (number) => Number(number ?? 0).toLocaleString("en-GB");
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
export const decimal = (number, digits) => (number === null || number === undefined ? "–" : number.toFixed(digits));
// "sip:alice@example.com" → "alice"
export const short_uri = (uri) => /^(?:sips?|tel):([^@;]+)@/.exec(uri ?? "")?.[1] ?? (uri || "–");
