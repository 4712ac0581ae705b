// Questions to the server's API, with the token that the reader was asked for.
import { storage } from "./storage.js";

const token_key = "holdfast.token";
const kept = storage("sessionStorage");
let asking = null;  // one dialog, however many wait for it

export class Problem extends Error {
    constructor(status, body) {
        super(body?.detail || body?.title || `the server answered ${status}`);
        this.status = status;
        this.errors = body?.errors ?? [];
    }
}

// `ask_token`: shows the dialog; a promise of what was typed. Set by main.js.
export const prompt = { ask_token: async () => "" };

async function renewed_token(refused) {
    if (kept.getItem(token_key) !== refused) { return; }  // somebody typed another meanwhile
    asking ??= prompt.ask_token(refused !== null).then((token) => kept.setItem(token_key, token))
        .finally(() => { asking = null; });
    await asking;
}

export async function ask(path, { method = "GET", body, signal } = {}) {
    for (;;) {
        const token = kept.getItem(token_key);
        const headers = token ? { Authorization: `Bearer ${token}` } : {};
        if (body !== undefined) { headers["Content-Type"] = "application/json"; }
        const response = await fetch(path, { method, headers, signal, cache: "no-store",
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
export const order = (method, path) => ask(path, { method });

// To the reader's disk: a plain link would not carry the token.
export async function download(path, name) {
    const url = URL.createObjectURL(await (await ask(path)).blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url));
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
