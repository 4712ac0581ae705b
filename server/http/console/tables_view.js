// Tables that are asked for when they are shown; trunks and registrations.
import { get_if_known } from "./api.js";
import { h, put_text } from "./dom.js";
import { moment } from "./text.js";
import { peer_words, rejected_words, state_of } from "./trunks.js";

const refresh_ms = 5000;

export class TableView {
    #timer = null;
    #asking = null;
    #shown = false;

    constructor(title, columns, words) {
        this.title = title;
        this.columns = columns;
        this.words = words;
        this.body = h("tbody", { onkeydown: (event) => this.on_key(event), onclick: (event) => this.#on_click(event) });
        this.said = h("p", { class: "empty", role: "status" });
        this.filters = h("div", { class: "filters" });
        this.element = h("section", { class: "list", "aria-label": title }, this.filters, h("div", { class: "table" },
            h("table", {}, h("thead", {}, h("tr", {}, columns.map(([name]) => h("th", { scope: "col", text: name })))), this.body)), this.said);
    }

    shown() {
        this.#shown = true;
        this.load();
    }

    hidden() {
        this.#shown = false;
        clearTimeout(this.#timer);
    }

    async load() {
        clearTimeout(this.#timer);
        this.#asking?.abort();
        const asking = this.#asking = new AbortController();
        try {
            const answer = await get_if_known(this.path(), { signal: asking.signal });
            if (asking.signal.aborted) { return; }
            this.take(answer);
        } catch (error) {
            if (asking.signal.aborted) { return; }
            put_text(this.said, error.message);
        }
        if (this.#shown) { this.#timer = setTimeout(() => this.load(), refresh_ms); }
    }

    take(answer) { this.show(answer ? this.rows_of(answer) : null); }

    show(rows) {
        const focused = document.activeElement?.closest?.("tr")?.dataset.key;
        put_text(this.said, rows === null ? this.words.unknown : rows.length ? "" : this.words.none);
        this.body.replaceChildren(...(rows ?? []).map((row, index) => h("tr", { tabindex: index === 0 ? "0" : "-1", "data-key": this.key_of(row), "data-href": this.href_of(row) },
            this.columns.map(([name, text, tone]) => h("td", { "data-name": name }, tone ? h("span", { class: "chip", "data-tone": tone(row), text: text(row) }) : text(row))))));
        if (focused) { [...this.body.children].find((row) => row.dataset.key === focused)?.focus({ preventScroll: true }); }
    }

    key_of(row) { return row.id ?? row.name ?? `${row.user} ${row.contact}`; }
    href_of() { return null; }

    on_key(event) {
        const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
        const rows = [...this.body.children];
        const at = rows.indexOf(document.activeElement);
        if (event.ctrlKey || event.metaKey || event.altKey) { return false; }
        if (step) {
            rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
        } else if (event.key === "Enter" && rows[at]?.dataset.href) {
            location.hash = rows[at].dataset.href;
        } else {
            return false;
        }
        event.preventDefault();
        event.stopPropagation();
        return true;
    }

    #on_click(event) {
        const href = event.target.closest("tr")?.dataset.href;
        if (href && !String(getSelection())) { location.hash = href; }
    }
}

export class TrunksView extends TableView {
    constructor(live) {
        super("Trunks", [["Trunk", (one) => one.name], ["State", state_of, state_of], ["Calls", (one) => String(one.calls)],
            ["Peers", (one) => one.peers.map((peer) => h("div", { text: peer_words(peer) }))], ["Turned away", rejected_words]],
        { none: "No trunk is configured." });
        live.addEventListener("server", ({ detail }) => { if (!this.element.hidden && detail.type.startsWith("trunk.")) { this.load(); } });
    }
    path() { return "/api/v1/trunks"; }
    rows_of(answer) { return answer.trunks; }
}

export class RegistrationsView extends TableView {
    constructor() {
        super("Registrations", [["User", (one) => one.user], ["Contact", (one) => one.contact], ["From", (one) => `${one.remote} ${one.transport}`],
            ["Refreshed", (one) => moment(one.refreshed)], ["Expires", (one) => moment(one.expires)],
            ["Device", (one) => one.user_agent ?? "–"],
            ["Connection", (one) => (one.connection_lost ? "lost" : "fine"), (one) => (one.connection_lost ? "down" : "up")]],
        { none: "Nobody is registered." });
    }
    path() { return "/api/v1/registrations"; }
    rows_of(answer) { return answer.registrations; }
}
