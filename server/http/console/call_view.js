// One call: who, how it stands and why; its ladder, its descriptions, its media. Of one whose ladder is not kept any more,
// what its record says.
import { get, get_if_known, Problem } from "./api.js";
import { CallButtons } from "./call_buttons.js";
import { charts_of, forget_cursor } from "./charts.js";
import { DiffView } from "./diff_view.js";
import { h, put_text } from "./dom.js";
import { ladder_rows, verdict } from "./ladder.js";
import { LadderList } from "./ladder_list.js";
import { record_facts, record_rows, record_verdict } from "./record.js";
import { server_clock } from "./server_clock.js";
import { clock, duration, plural, short_uri } from "./text.js";

const refresh_ms = 2000;
const unknown = "The server keeps the ladders of live calls and of those that ended last, and has no record of this one.";

const is_problem = (error, ...statuses) => error instanceof Problem && statuses.includes(error.status);

async function read_ladder(base) {
    try {
        return await get(`${base}/ladder?messages=true`);
    } catch (error) {
        if (is_problem(error, 400)) { return get(`${base}/ladder`); }
        throw error;
    }
}

// Null: no records are kept, or none of this call.
async function read_record(id) {
    try {
        return await get(`/api/v1/cdrs/${encodeURIComponent(id)}`);
    } catch (error) {
        if (is_problem(error, 404, 503)) { return null; }
        throw error;
    }
}

// { call, ladder, timeline }, or { record } of one that ended longer ago.
async function read(id) {
    const base = `/api/v1/calls/${encodeURIComponent(id)}`;
    try {
        const asked = [get_if_known(base), read_ladder(base), get_if_known(`${base}/timeline`)];
        const [call, ladder, timeline] = await Promise.all(asked);
        return { call, ladder, timeline };
    } catch (error) {
        const record = is_problem(error, 404) ? await read_record(id) : null;
        if (record) { return { record }; }
        throw error;
    }
}

function record_table(record) {
    const head = ["", "A", "B"].map((text) => h("th", { scope: "col", text }));
    const rows = record_rows(record).map(([name, ...of_legs]) =>
        h("tr", {}, h("th", { scope: "row", text: name }), of_legs.map((text) => h("td", { text }))));
    return h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
}

function leg_words(call, side) {
    const leg = call.legs?.[side];
    if (!leg) { return ""; }
    const place = leg.transport ? `at ${leg.remote} over ${leg.transport}` : "is yet to be called";
    return `${side.toUpperCase()}: ${leg.trunk || leg.user || "–"} ${place}`;
}

export class CallView {
    #id = null;
    #timer = null;
    #loading = false;
    #seen = "";

    constructor(live) {
        this.headline = h("h1", { tabindex: "-1" });
        this.facts = h("p", { class: "facts" });
        this.verdict = h("p", { class: "verdict", role: "status" });
        this.reasons = h("ol", { class: "reasons" });
        this.buttons = new CallButtons({ when_done: () => this.#load(),
            when_gone: () => this.headline.focus({ preventScroll: true }) });
        this.ladder = new LadderList();
        this.diff = new DiffView();
        this.media = h("div", { class: "charts" });
        this.record = h("div", { class: "table" });
        this.told = [this.#section("SIP ladder", this.ladder.element), this.#section("Offer and answer", this.diff.element),
            this.#section("Media", this.media)];
        this.recorded = this.#section("Record", this.record);
        const back = h("a", { class: "back", href: "#/calls", text: "‹ Calls" });
        this.element = h("article", { class: "call", "aria-label": "Call" },
            h("header", {}, back, this.headline, this.facts, this.buttons.element),
            this.verdict, this.reasons, this.told, this.recorded);
        live.addEventListener("server", ({ detail }) => {
            if (detail.call?.id === this.#id) { this.#load(); }
        });
    }

    get title() { return `Call ${this.#id}`; }

    #section(title, content) { return h("section", { "aria-label": title }, h("h2", { text: title }), content); }

    shown(id) {
        this.#id = id;
        put_text(this.headline, "…");
        this.#clear();
        this.#show_sections(false);
        forget_cursor();
        this.#load();
        this.headline.focus({ preventScroll: true });
        scrollTo(0, 0);
    }

    hidden() {
        this.#id = null;
        clearTimeout(this.#timer);
    }

    on_key(event) { return this.ladder.on_key(event); }

    #clear() {
        this.#seen = "";
        delete this.verdict.dataset.tone;
        for (const part of [this.facts, this.verdict, this.reasons, this.media, this.record]) { part.replaceChildren(); }
        for (const part of [this.buttons, this.ladder, this.diff]) { part.clear(); }
    }

    async #load() {
        if (this.#loading) { return; }
        this.#loading = true;
        clearTimeout(this.#timer);
        const id = this.#id;
        try {
            const found = await read(id);
            if (this.#id === id) { this.#show(found); }
        } catch (error) {
            if (this.#id === id) { this.#show_trouble(error); }
        } finally {
            this.#loading = false;
            const again = this.#id !== null && (this.#id !== id || !this.element.classList.contains("over"));
            if (again) { this.#timer = setTimeout(() => this.#load(), this.#id === id ? refresh_ms : 0); }
        }
    }

    // What could not be read may have changed: nothing is offered to be done with it.
    #show_trouble(error) {
        const gone = is_problem(error, 404);
        this.element.classList.toggle("over", gone);
        if (gone) { this.#clear(); }
        this.buttons.clear();
        put_text(this.headline, gone ? "This call is not known any more" : "This call could not be read");
        put_text(this.facts, gone ? unknown : error.message);
    }

    #show({ call, ladder, timeline, record }) {
        this.#show_sections(Boolean(record));
        if (record) { return this.#show_record(record); }
        this.element.classList.toggle("over", Boolean(ladder.ended));
        this.#show_head(call, ladder);
        this.#show_verdict(verdict(ladder));
        const seen = `${ladder.id} ${ladder.entries.length} ${ladder.left_out}`;
        if (seen !== this.#seen) {
            this.#seen = seen;
            this.ladder.show(ladder_rows(ladder), ladder);
            this.diff.show(ladder);
        }
        this.media.replaceChildren(...charts_of(timeline, this.media));
    }

    #show_sections(of_record) {
        for (const section of this.told) { section.hidden = of_record; }
        this.recorded.hidden = !of_record;
    }

    #show_record(record) {
        this.element.classList.add("over");
        this.#clear();
        this.#show_facts(record, { tone: record.answered ? "ended" : "failed", text: record.outcome }, record_facts(record));
        this.#show_verdict({ ...record_verdict(record), reasons: [] });
        this.record.replaceChildren(record_table(record));
    }

    #show_head(call, ladder) {
        const began = Date.parse(ladder.answered ?? ladder.started);
        const until = ladder.ended ? Date.parse(ladder.ended) : server_clock.now();
        const state = ladder.ended ? (ladder.answered ? "ended" : "failed") : ladder.state;
        const facts = [duration((until - began) / 1000), `started ${clock(ladder.started, true)}`,
            `route ${ladder.route || "–"}`];
        if (call) {
            facts.push(leg_words(call, "a"), leg_words(call, "b"));
            if (call.renegotiations) { facts.push(plural(call.renegotiations, "change")); }
        }
        this.#show_facts(ladder, { tone: state, text: state }, facts.filter(Boolean));
        this.buttons.show(ladder.id, call && !ladder.ended ? call.hold?.operator ?? {} : null);
    }

    #show_facts({ id, from, to }, { tone, text }, facts) {
        put_text(this.headline, `${short_uri(from)} → ${short_uri(to)}`);
        this.facts.replaceChildren(h("span", { class: "chip", "data-tone": tone, text }),
            ...facts.map((fact) => h("span", { text: fact })),
            h("code", { text: `${from} → ${to}` }), h("code", { text: id }));
    }

    #show_verdict(found) {
        this.verdict.dataset.tone = found.tone;
        put_text(this.verdict, found.text);
        const is_other = (entry) => entry.text !== found.text || entry.time !== found.time;
        const others = found.reasons.filter(is_other).slice(-4);
        this.reasons.replaceChildren(...others.map((entry) =>
            h("li", {}, h("time", { text: clock(entry.time) }), ` ${entry.text}`)));
        this.reasons.hidden = others.length === 0;
    }
}
