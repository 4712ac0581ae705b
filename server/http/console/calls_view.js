// Live calls: search, filters, order, and the list itself.
import { is_held, matcher, party_name, sorted } from "./call_list.js";
import { h, put_attribute, put_text } from "./dom.js";
import { server_clock } from "./server_clock.js";
import { clock, count, duration, plural, short_uri } from "./text.js";
import { VirtualTable } from "./virtual_table.js";

const heads = [["state", "State"], ["from", "From"], ["to", "To"], ["a", "Leg A"], ["b", "Leg B"], ["started", "Duration"],
    ["hold", "Hold"], ["renegotiations", "Changes"], ["route", "Route"]];

function hold_words({ hold, music }) {
    const held = [hold.a && "A", hold.b && "B"].filter(Boolean);
    if (held.length === 0) { return ""; }
    return `${held.join("+")} holds${music.a || music.b ? " ♪" : ""}`;
}

const cells = [
    { name: "state", text: (call) => call.state, tone: (call) => call.state },
    { name: "from", text: (call) => short_uri(call.from) },
    { name: "to", text: (call) => short_uri(call.to) },
    { name: "a", text: (call) => party_name(call.a) },
    { name: "b", text: (call) => party_name(call.b) || "–" },
    { name: "started", text: (call) => duration((server_clock.now() - (call.answered ?? call.started)) / 1000) },
    { name: "hold", text: hold_words, tone: (call) => (is_held(call) ? "held" : "") },
    { name: "renegotiations", text: (call) => (call.renegotiations ? String(call.renegotiations) : "") },
    { name: "route", text: (call) => call.route || "–" },
];

export class CallsView {
    title = "Live calls";
    #filter = { words: "", state: "", trunk: "", user: "", held: false };
    #order = { column: "started", descending: true };
    #trunks = "";
    #pending = false;
    #found = "";  // how many calls, in words

    constructor(live, open) {
        this.live = live;
        this.head = h("div", { class: "head", role: "row", "aria-rowindex": "1" },
            heads.map(([column, label]) => this.#head(column, label)));
        this.table = new VirtualTable({ cells, head: this.head, label: "Live calls", open,
            when_left: () => this.#update_soon() });
        this.search = this.#input("search", "words", "Search number, user, trunk, address…");
        this.search.classList.add("search");
        this.trunk = this.#select("trunk", "Any trunk", []);
        this.held = h("input", { type: "checkbox", onchange: () => this.#set("held", this.held.checked) });
        this.counted = h("p", { class: "counted",
            title: "The list keeps its order while it is pointed at or walked along; Escape lets it go." });
        this.announced = h("p", { class: "unseen", role: "status" });
        this.empty = h("p", { class: "empty" });
        this.element = h("section", { class: "list", "aria-label": "Live calls" },
            h("div", { class: "filters", role: "search" }, this.search,
                this.#select("state", "Any state", ["routing", "ringing", "up", "ending"]), this.trunk,
                this.#input("text", "user", "User"), h("label", { class: "check" }, this.held, "On hold"), this.counted),
            this.announced, h("div", { class: "frame" }, this.table.element, this.empty));
        live.addEventListener("calls", () => this.#update_soon());
        live.addEventListener("link", () => this.#update_soon());
        setInterval(() => !this.element.hidden && this.table.refresh(), 1000);
        this.#show_order();
    }

    shown() {
        this.let_go();
        this.table.element.focus({ preventScroll: true });
    }

    let_go() {
        this.table.let_go();
        this.#update(true);
    }

    focus_search() { this.search.focus(); this.search.select(); }

    on_key(event) { return this.table.on_key(event); }

    #input(type, name, label) {
        const input = h("input", { type, placeholder: label, "aria-label": label, spellcheck: "false", autocomplete: "off", autocapitalize: "none",
            oninput: () => this.#set(name, input.value),
            onkeydown: (event) => this.#on_input_key(event, input, name) });
        return input;
    }

    // Out of the search into the list.
    #on_input_key(event, input, name) {
        if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            this.table.element.focus();
            this.table.on_key(new KeyboardEvent("keydown", { key: "ArrowDown" }));
        }
        if (event.key !== "Escape") { return; }
        event.stopPropagation();
        if (input.value) { input.value = ""; this.#set(name, ""); } else { this.table.element.focus(); }
    }

    #select(name, any, values) {
        const select = h("select", { "aria-label": any.replace("Any ", ""), onchange: () => this.#set(name, select.value) },
            h("option", { value: "", text: any }), values.map((value) => h("option", { value, text: value })));
        return select;
    }

    #head(column, label) {
        return h("div", { class: `cell ${column}`, role: "columnheader" },
            h("button", { type: "button", "data-column": column, onclick: () => this.#sort(column) }, label));
    }

    #sort(column) {
        const descending = this.#order.column === column ? !this.#order.descending : ["hold", "renegotiations"].includes(column);
        this.#order = { column, descending };
        this.#show_order();
        this.#update(true);
    }

    // "Duration" is told by the start: the longest is the oldest.
    #show_order() {
        const { column, descending } = this.#order;
        for (const header of this.head.children) {
            const button = header.firstChild;
            const is_sorted = button.dataset.column === column;
            put_attribute(header, "aria-sort", is_sorted ? (descending ? "descending" : "ascending") : "none");
            put_attribute(button, "data-order", is_sorted ? (descending ? "down" : "up") : "");
        }
    }

    #set(name, value) {
        this.#filter[name] = value;
        this.table.show_top();
        this.#update(true);
        put_text(this.announced, this.#found);
    }

    #update_soon() {
        if (this.#pending || this.element.hidden) { return; }
        this.#pending = true;
        requestAnimationFrame(() => {
            this.#pending = false;
            this.#update();
        });
    }

    // `anew`: in their order, whoever points at them.
    #update(anew = false) {
        const all = [...this.live.calls.values()];
        const rows = sorted(all.filter(matcher(this.#filter)), this.#order.column, this.#order.descending);
        const waiting = this.table.set_rows(rows, anew);
        this.#offer_trunks(all);
        const is_whole = rows.length === all.length;
        this.#found = is_whole ? plural(all.length, "call") : `${count(rows.length)} of ${count(all.length)}`;
        put_text(this.counted, this.#found + (waiting ? `, ${count(waiting)} not listed yet` : ""));
        this.empty.hidden = rows.length > 0;
        put_text(this.empty, this.#empty_words(all.length));
    }

    #empty_words(known) {
        if (this.live.link === "connecting") { return "Asking the server for its calls…"; }
        if (this.live.link === "lost" && !known) { return "No call is known: the server does not tell."; }
        return known ? "No live call is like that." : `No call is up at ${clock(server_clock.now())}.`;
    }

    #offer_trunks(calls) {
        const names = new Set();
        for (const { a, b } of calls) { for (const leg of [a, b]) { if (leg?.trunk) { names.add(leg.trunk); } } }
        const sorted_names = [...names].sort();
        if (this.#filter.trunk && !names.has(this.#filter.trunk)) { sorted_names.push(this.#filter.trunk); }
        if (this.#trunks === sorted_names.join("\n")) { return; }
        this.#trunks = sorted_names.join("\n");
        this.trunk.replaceChildren(this.trunk.firstChild, ...sorted_names.map((value) => h("option", { value, text: value })));
        this.trunk.value = this.#filter.trunk;
    }
}
