// Questions to the server's API, with the token that the reader was asked for.
import { storage } from "./storage.js";

const token_key = "holdfast.token";
const limit_ms = 10000;
const kept_for_ms = 60000;  // a file that is being saved
const kept = storage("sessionStorage");
let learning = null;  // one dialog, however many wait for it

export class Problem extends Error {
    constructor(status, body) {
        super(body?.detail || body?.title || `the server answered ${status}`);
        this.status = status;
        this.errors = body?.errors ?? [];
    }
}

// `ask_token`: shows the dialog; a promise of what was typed. Set by main.js.
export const prompt = { ask_token: async () => "" };

const authorization = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

// All of an answer is to be there in time; of a stream its beginning.
async function timely_fetch(path, { signal, is_stream = false, ...rest }) {
    const limit = new AbortController();
    const late = new Error(`the server did not answer within ${limit_ms / 1000} s`);
    const timer = setTimeout(() => limit.abort(late), limit_ms);
    const signals = signal ? [signal, limit.signal] : [limit.signal];
    const response = await fetch(path, { ...rest, signal: AbortSignal.any(signals), cache: "no-store" });
    if (is_stream) { clearTimeout(timer); }
    return response;
}

// Tried with one request, so that those that wait do not all guess wrong. A server that does not say is no refusal.
async function is_refused(token) {
    const response = await timely_fetch("/api/v1/status", { headers: authorization(token) }).catch(() => null);
    return response?.status === 401;
}

async function learn_token(was_refused) {
    let token = await prompt.ask_token(was_refused);
    while (await is_refused(token)) { token = await prompt.ask_token(true); }
    kept.setItem(token_key, token);
}

async function renewed_token(refused) {
    if (kept.getItem(token_key) !== refused) { return; }  // somebody typed another meanwhile
    learning ??= learn_token(refused !== null).finally(() => { learning = null; });
    await learning;
}

export async function ask(path, { method = "GET", body, signal, is_stream } = {}) {
    for (;;) {
        await learning;
        const token = kept.getItem(token_key);
        const headers = authorization(token);
        if (body !== undefined) { headers["Content-Type"] = "application/json"; }
        const response = await timely_fetch(path, { method, headers, signal, is_stream,
            body: body === undefined ? undefined : JSON.stringify(body) });
        if (response.status === 401) {
            await renewed_token(token);
            continue;
        }
        if (!response.ok) { throw new Problem(response.status, await response.json().catch(() => null)); }
        return response;
    }
}

export const get = async (path, options) => (await ask(path, options)).json();

// To the reader's disk: a plain link would not carry the token.
export async function download(path, name) {
    const url = URL.createObjectURL(await (await ask(path)).blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), kept_for_ms);
}

// Of a route or parameter that this server does not have, null.
export async function get_if_known(path, options) {
    try {
        return await get(path, options);
    } catch (error) {
        if (error instanceof Problem && [400, 404].includes(error.status)) { return null; }
        throw error;
    }
}
