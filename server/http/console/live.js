// What is up now: the list of calls, then the server's events on it. Only while the page is in sight: a browser opens six
// connections to a server, and each stream of events keeps one of them from all other tabs.
import { ask, get } from "./api.js";
import { apply, listed } from "./call_list.js";
import { SseParser } from "./sse.js";

const page_size = 1000;
const back_off_ms = [500, 1000, 2000, 4000, 8000, 15000];
const silence_ms = 40000;  // the server writes a comment every 15 s

const most_early = 20000;  // events that wait for the list
const out_of_sight = new Error("the page is out of sight");

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export class Live extends EventTarget {
    calls = new Map();
    link = "connecting";  // connecting, live, lost
    #failures = 0;
    #starts = [];  // when calls of the last ten seconds began

    // `page`: the document.
    constructor(page) {
        super();
        this.page = page;
    }

    async run() {
        for (;;) {
            await this.#in_sight();
            await this.#follow_while_in_sight();
        }
    }

    async #in_sight() {
        while (this.page.hidden) {
            await new Promise((turned) => this.page.addEventListener("visibilitychange", turned, { once: true }));
        }
    }

    async #follow_while_in_sight() {
        const began = Date.now();
        const stop = new AbortController();
        const look = () => this.page.hidden && stop.abort(out_of_sight);
        this.page.addEventListener("visibilitychange", look);
        try {
            await this.#follow(stop);
        } catch (error) {
            if (stop.signal.reason === out_of_sight) { return this.#rest(); }
            if (Date.now() - began > silence_ms) { this.#failures = 0; }
            this.#set_link("lost", error.message);
        } finally {
            this.page.removeEventListener("visibilitychange", look);
        }
        await sleep(back_off_ms[Math.min(this.#failures++, back_off_ms.length - 1)] * (0.75 + Math.random() / 2));
    }

    #rest() {
        this.#failures = 0;
        this.#starts = [];
        this.#set_link("connecting");
    }

    // Calls begun a second, of the last ten; null where nobody says.
    rate() {
        if (this.link !== "live") { return null; }
        const now = Date.now();
        this.#starts = this.#starts.filter((at) => now - at < 10000);
        return this.#starts.length / 10;
    }

    #set_link(link, why = "") {
        if (this.link === link) { return; }
        this.link = link;
        this.dispatchEvent(new CustomEvent("link", { detail: { link, why } }));
    }

    // Events are asked for first, the list then: what happens in between is in both rather than in none.
    async #follow(stop) {
        const response = await ask("/api/v1/events", { signal: stop.signal, is_stream: true });
        const early = [];
        let take = (event) => {
            if (early.push(event) > most_early) { throw new Error("events came faster than the list of calls"); }
        };
        const reading = this.#read(response, stop, (event) => take(event));
        try {
            const closed = reading.then(() => { throw new Error("the server closed its stream"); });
            await Promise.race([this.#load(stop.signal), closed]);
            take = (event) => this.#on_event(event);
            early.forEach(take);
            this.#changed();
            this.#set_link("live");
            await reading;
        } finally {
            stop.abort();
            reading.catch(() => {});
        }
        throw new Error("the server closed its stream");
    }

    async #read(response, stop, take) {
        const parser = new SseParser();
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let timer;
        try {
            for (;;) {
                clearTimeout(timer);
                timer = setTimeout(() => stop.abort(new Error("nothing was heard of the server")), silence_ms);
                const { value, done } = await reader.read();
                if (done) { return; }
                for (const event of parser.push(value)) {
                    if (event.type === "overflow") { throw new Error("events came faster than they were read"); }
                    take(event);
                }
            }
        } finally {
            clearTimeout(timer);
        }
    }

    async #load(signal) {
        const calls = new Map();
        let after = "";
        do {
            const behind = after ? `&after=${encodeURIComponent(after)}` : "";
            const page = await get(`/api/v1/calls?brief=true&limit=${page_size}${behind}`, { signal });
            for (const call of listed(page.calls)) { calls.set(call.id, call); }
            after = page.next;
        } while (after);
        signal.throwIfAborted();  // somebody else loads it by now
        this.calls = calls;
        this.#changed();
    }

    #on_event({ type, data }) {
        const detail = JSON.parse(data);
        if (type === "call.started") { this.#starts.push(Date.now()); }
        if (apply(this.calls, type, detail)) { this.#changed(); }
        this.dispatchEvent(new CustomEvent("server", { detail: { type, ...detail } }));
    }

    #changed() { this.dispatchEvent(new Event("calls")); }
}
