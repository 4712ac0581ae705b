// One call: who, how it stands and why; its ladder, its descriptions, its media.
import { ask, download, get, get_if_known, Problem } from "./api.js";
import { charts_of, forget_cursor } from "./charts.js";
import { confirm_dialog, tell } from "./dialogs.js";
import { comparisons, diff } from "./diff.js";
import { h, put_text } from "./dom.js";
import { ladder_rows, verdict } from "./ladder.js";
import { LadderList } from "./ladder_list.js";
import { server_clock } from "./server_clock.js";
import { clock, duration, plural, short_uri } from "./text.js";

const refresh_ms = 2000;

const path_of = (id) => `/api/v1/calls/${encodeURIComponent(id)}`;

export class CallView {
    #id = null;
    #timer = null;
    #loading = false;
    #seen = "";
    #chosen = -1;

    constructor(live) {
        this.live = live;
        this.headline = h("h1", { tabindex: "-1" });
        this.facts = h("p", { class: "facts" });
        this.verdict = h("p", { class: "verdict", role: "status" });
        this.reasons = h("ol", { class: "reasons" });
        this.buttons = h("div", { class: "buttons" });
        this.ladder = new LadderList();
        this.diff = h("div", { class: "diff-box" });
        this.media = h("div", { class: "charts" });
        this.element = h("article", { class: "call", "aria-label": "Call" },
            h("header", {}, h("a", { class: "back", href: "#/calls", text: "‹ Calls" }), this.headline, this.facts, this.buttons),
            this.verdict, this.reasons,
            this.#section("SIP ladder", this.ladder.element), this.#section("Offer and answer", this.diff),
            this.#section("Media", this.media));
        live.addEventListener("server", ({ detail }) => {
            if (detail.call?.id === this.#id) { this.#load(); }
        });
    }

    get title() { return `Call ${this.#id}`; }

    #section(title, content) { return h("section", { "aria-label": title }, h("h2", { text: title }), content); }

    shown(id) {
        this.#id = id;
        this.#seen = "";
        this.#chosen = -1;
        put_text(this.headline, "…");
        for (const part of [this.facts, this.verdict, this.reasons, this.buttons, this.diff, this.media]) { part.replaceChildren(); }
        this.ladder.clear();
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

    async #load() {
        if (this.#loading) { return; }
        this.#loading = true;
        clearTimeout(this.#timer);
        const id = this.#id;
        try {
            const base = path_of(id);
            const [call, ladder, timeline] = await Promise.all([get_if_known(base), this.#ladder(base), get_if_known(`${base}/timeline`)]);
            if (this.#id === id) { this.#show(call, ladder, timeline); }
        } catch (error) {
            if (this.#id === id) { this.#show_trouble(error); }
        } finally {
            this.#loading = false;
            const again = this.#id !== null && (this.#id !== id || !this.element.classList.contains("over"));
            if (again) { this.#timer = setTimeout(() => this.#load(), this.#id === id ? refresh_ms : 0); }
        }
    }

    async #ladder(base) {
        try {
            return await get(`${base}/ladder?messages=true`);
        } catch (error) {
            if (error instanceof Problem && error.status === 400) { return get(`${base}/ladder`); }
            throw error;
        }
    }

    #show_trouble(error) {
        const gone = error instanceof Problem && error.status === 404;
        this.element.classList.toggle("over", gone);
        put_text(this.headline, gone ? "This call is not known any more" : "This call could not be read");
        this.facts.replaceChildren(gone ? "The server keeps the ladders of live calls and of those that ended last." : error.message);
    }

    #show(call, ladder, timeline) {
        this.element.classList.toggle("over", Boolean(ladder.ended));
        this.#show_head(call, ladder);
        this.#show_verdict(ladder);
        const seen = `${ladder.id} ${ladder.entries.length} ${ladder.left_out}`;
        if (seen !== this.#seen) {
            this.#seen = seen;
            this.ladder.show(ladder_rows(ladder), ladder);
            this.#show_diff(ladder);
        }
        this.media.replaceChildren(...charts_of(timeline, this.media));
    }

    #show_head(call, ladder) {
        put_text(this.headline, `${short_uri(ladder.from)} → ${short_uri(ladder.to)}`);
        const began = Date.parse(ladder.answered ?? ladder.started);
        const until = ladder.ended ? Date.parse(ladder.ended) : server_clock.now();
        const state = ladder.ended ? (ladder.answered ? "ended" : "failed") : ladder.state;
        const facts = [duration((until - began) / 1000), `started ${clock(ladder.started, true)}`, `route ${ladder.route || "–"}`];
        if (call) {
            for (const side of ["a", "b"]) {
                const leg = call.legs?.[side];
                if (leg) { facts.push(`${side.toUpperCase()}: ${leg.trunk || leg.user || "–"} ${leg.transport ? `at ${leg.remote} over ${leg.transport}` : "is yet to be called"}`); }
            }
            if (call.renegotiations) { facts.push(plural(call.renegotiations, "change")); }
        }
        this.facts.replaceChildren(h("span", { class: "chip", "data-tone": state, text: state }), ...facts.map((text) => h("span", { text })),
            h("code", { text: `${ladder.from} → ${ladder.to}` }), h("code", { text: ladder.id }));
        this.#show_buttons(call, ladder);
    }

    // Made once for a state: a button that is being pressed must not be another one.
    #show_buttons(call, ladder) {
        const is_live = Boolean(call) && !ladder.ended;
        const held = call?.hold?.operator ?? {};
        const key = `${is_live} ${held.a} ${held.b}`;
        if (this.buttons.dataset.key === key && this.buttons.children.length) { return; }
        this.buttons.dataset.key = key;
        this.buttons.replaceChildren(this.#pcap_button(), ...(is_live ? [this.#hold_button("a", held.a), this.#hold_button("b", held.b), this.#hangup_button()] : []));
    }

    #hold_button(side, is_held) {
        const verb = is_held ? "Resume" : "Hold";
        const name = side.toUpperCase();
        const what = is_held ? `${name} hears the other end again.` : `${name} hears music until it is resumed.`;
        return h("button", { type: "button", class: "plain", text: `${verb} ${name}`,
            onclick: () => this.#act(`${verb} ${name}?`, what, "POST", `/legs/${side}/${verb.toLowerCase()}`) });
    }

    #pcap_button() {
        return h("button", { type: "button", class: "plain", text: "pcap", title: "Its SIP messages, for Wireshark",
            onclick: () => download(`${path_of(this.#id)}/pcap`, `${this.#id}.pcapng`).catch((error) => tell("error", error.message)) });
    }

    #hangup_button() {
        return h("button", { type: "button", class: "danger", text: "Hang up",
            onclick: () => this.#act("Hang up this call?", "Both legs get a BYE.", "DELETE", "") });
    }

    async #act(title, what, method, rest) {
        const id = this.#id;
        if (!(await confirm_dialog(title, what, title.replace(/( this call)?\?$/, "")))) { return; }
        try {
            await ask(path_of(id) + rest, { method });
            this.#load();
        } catch (error) {
            tell("error", error.message);
        }
    }

    #show_verdict(ladder) {
        const found = verdict(ladder);
        this.verdict.dataset.tone = found.tone;
        put_text(this.verdict, found.text);
        const others = found.reasons.filter((entry) => entry.text !== found.text || entry.time !== found.time).slice(-4);
        this.reasons.replaceChildren(...others.map((entry) => h("li", {}, h("time", { text: clock(entry.time) }), ` ${entry.text}`)));
        this.reasons.hidden = others.length === 0;
    }

    #show_diff(ladder) {
        const pairs = comparisons(ladder.entries);
        if (pairs.length === 0) {
            this.diff.replaceChildren(h("p", { class: "quiet", text: "This server keeps no texts of messages for this call, so there are no descriptions to compare. Their short forms stand in the ladder." }));
            return;
        }
        if (this.#chosen < 0 || this.#chosen >= pairs.length) { this.#chosen = pairs.length - 1; }
        const table = h("div", { class: "diff", role: "table", tabindex: "0", "aria-label": "Descriptions line by line" });
        const select = h("select", { "aria-label": "Which descriptions", onchange: () => {
            this.#chosen = Number(select.value);
            this.#fill_diff(table, pairs[this.#chosen]);
        } }, pairs.map((pair, index) => h("option", { value: index, text: `${clock(pair.time)} ${pair.title}`, selected: index === this.#chosen })));
        this.diff.replaceChildren(select, table);
        this.#fill_diff(table, pairs[this.#chosen]);
    }

    #fill_diff(table, pair) {
        const marks = { same: " ", removed: "−", added: "+", changed: "≠" };
        const line = (row) => h("div", { class: "line", role: "row", "data-mark": row.mark },
            h("span", { class: "mark", role: "cell", "aria-label": row.mark, text: marks[row.mark] }),
            h("code", { role: "cell", text: row.left }), h("code", { role: "cell", text: row.right }));
        table.replaceChildren(h("div", { class: "line names", role: "row" }, h("span", { role: "columnheader" }),
            h("span", { role: "columnheader", text: pair.left_name }), h("span", { role: "columnheader", text: pair.right_name })),
        ...diff(pair.left, pair.right).map(line));
    }
}
