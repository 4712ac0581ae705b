// Calls that ended, the latest first, page by page: their records.
import { get } from "./api.js";
import { h } from "./dom.js";
import { TableView } from "./tables_view.js";
import { clock, decimal, duration, short_uri } from "./text.js";

const typing_ms = 200;
const page_size = 200;
const outcomes = ["answered", "busy", "cancelled", "no_answer", "refused", "failed"];

const columns = [
    ["Started", (one) => clock(one.started, true)],
    ["From", (one) => short_uri(one.from)],
    ["To", (one) => short_uri(one.to)],
    ["Outcome", (one) => one.outcome ?? "–", (one) => (one.answered ? "up" : "down")],
    ["Cause", (one) => [one.code, one.cause].filter(Boolean).join(" ") || "–"],
    ["Duration", (one) => duration(one.answered ? one.duration_s : null)],
    ["Ended by", (one) => one.ended_by ?? "–"],
    ["Route", (one) => (one.originated ? "operator" : one.route || "–")],
    ["Changes", (one) => (one.healed ? `${one.renegotiations}, ${one.healed} healed` : String(one.renegotiations ?? 0))],
    ["MOS", (one) => ["a", "b"].map((side) => decimal(one.legs?.[side]?.mos ?? null, 1)).join(" / ")],
];
const words = { unknown: "This server keeps no records of calls (cdr.store).", none: "No record is like that." };

export class RecentView extends TableView {
    #after = "";  // mark of the page that is shown; "": the latest
    #next = "";
    #typing;

    constructor() {
        super("Recent calls", columns, words);
        this.search = h("input", { type: "search", class: "search", placeholder: "Search number",
            "aria-label": "Search number", spellcheck: "false", autocomplete: "off",
            oninput: () => this.#ask_soon(), onkeydown: (event) => this.#on_search_key(event) });
        this.outcome = this.#select("outcome", outcomes);
        this.trunk = this.#select("trunk", []);
        this.newest = this.#button("Newest", () => this.#turn_to(""));
        this.older = this.#button("Older", () => this.#turn_to(this.#next));
        this.filters.append(this.search, this.outcome, this.trunk);
        this.element.append(h("div", { class: "buttons pages" }, this.newest, this.older));
        this.#show_pages();
    }

    shown() {
        super.shown();
        this.#offer_trunks();
    }

    focus_search() { this.search.focus(); this.search.select(); }

    path() {
        const wanted = { limit: page_size, number: this.search.value.trim(), outcome: this.outcome.value,
            trunk: this.trunk.value, after: this.#after };
        const given = Object.entries(wanted).filter(([, value]) => value);
        return `/api/v1/cdrs?${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
    }

    take(answer) {
        this.#next = answer?.next ?? "";
        this.#show_pages();
        super.take(answer);
    }

    rows_of(answer) { return answer.cdrs; }
    href_of(row) { return `#/calls/${encodeURIComponent(row.id)}`; }

    #button(text, onclick) { return h("button", { type: "button", class: "plain", text, onclick }); }

    #select(name, values) {
        return h("select", { "aria-label": name, onchange: () => this.#turn_to("") },
            h("option", { value: "", text: `Any ${name}` }), values.map((value) => h("option", { value, text: value })));
    }

    #ask_soon() {
        clearTimeout(this.#typing);
        this.#typing = setTimeout(() => this.#turn_to(""), typing_ms);
    }

    #on_search_key(event) {
        if (event.key !== "Escape" || !this.search.value) { return; }
        event.stopPropagation();
        this.search.value = "";
        this.#turn_to("");
    }

    #turn_to(after) {
        this.#after = after;
        this.load();
    }

    // The focus does not stay on what can no longer be pressed.
    #show_pages() {
        const had_focus = [this.newest, this.older].includes(document.activeElement);
        this.newest.disabled = !this.#after;
        this.older.disabled = !this.#next;
        if (had_focus && document.activeElement.disabled) { (this.#next ? this.older : this.newest).focus(); }
    }

    // The names may have changed by a reload; without them the rest works.
    async #offer_trunks() {
        const { trunks } = await get("/api/v1/trunks").catch(() => ({ trunks: [] }));
        const chosen = this.trunk.value;
        const names = [...new Set([...trunks.map((one) => one.name), ...(chosen ? [chosen] : [])])];
        this.trunk.replaceChildren(this.trunk.firstChild, ...names.map((value) => h("option", { value, text: value })));
        this.trunk.value = chosen;
    }
}
