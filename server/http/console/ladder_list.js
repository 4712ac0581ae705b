// The ladder on the page: a list of rows with the lanes of both peers, walked with the arrows; Enter shows a message.
import { message_dialog } from "./dialogs.js";
import { h } from "./dom.js";
import { music_spans } from "./ladder.js";
import { clock, offset, plural } from "./text.js";

const spoken = (row) => [clock(row.at), row.kind === "message" ? `${row.rightwards ? "right" : "left"} at ${row.lane.toUpperCase()}` : row.kind,
    row.title, row.cseq, row.sdp, row.why, row.guest].filter(Boolean).join(", ");

export class LadderList {
    #rows = [];
    #entries = [];

    constructor() {
        this.list = h("ol", { class: "steps", onclick: (event) => this.#on_click(event), onkeydown: (event) => this.on_key(event) });
        this.element = h("div", { class: "ladder" },
            h("div", { class: "lanes", "aria-hidden": "true" }, h("span"), h("span", { text: "A" }), h("span", { text: "holdfast" }), h("span", { text: "B" })), this.list);
    }

    clear() { this.list.replaceChildren(); this.#rows = []; }

    show(rows, ladder) {
        const focused = [...this.list.children].indexOf(document.activeElement);
        this.#rows = rows;
        this.#entries = ladder.entries;
        const spans = music_spans(rows);
        const edge = (index) => spans.filter((span) => span.from === index).map((span) => span.lane.toUpperCase());
        this.list.replaceChildren(...rows.map((row, index) => this.#step(row, index, edge(index))));
        if (focused >= 0) { this.list.children[focused]?.focus(); }
    }

    on_key(event) {
        const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
        const at = [...this.list.children].indexOf(document.activeElement);
        if (event.ctrlKey || event.metaKey || event.altKey) { return false; }
        if (event.key in steps) {
            const wanted = Math.max(0, Math.min(this.#rows.length - 1, at + steps[event.key]));
            this.list.children[wanted]?.focus();
        } else if (event.key === "Enter" && at >= 0) {
            this.#open(at);
        } else {
            return false;
        }
        event.preventDefault();
        event.stopPropagation();
        return true;
    }

    #on_click(event) {
        const step = event.target.closest("li");
        if (step && !String(getSelection())) { this.#open([...this.list.children].indexOf(step)); }
    }

    #open(index) {
        const row = this.#rows[index];
        if (row.kind === "message") { message_dialog(row, this.#entries[index]); }
    }

    #step(row, index, begins) {
        const is_message = row.kind === "message";
        const step = h("li", { class: `step ${row.kind}`, tabindex: index === 0 ? "0" : "-1", "data-lane": row.lane,
            "data-way": is_message ? (row.rightwards ? "right" : "left") : null, "data-tone": row.tone, "aria-label": spoken(row),
            "data-music": [row.music.a && "a", row.music.b && "b"].filter(Boolean).join("") || null });
        if (row.gap > 0) { step.dataset.gap = `${plural(row.gap, "entry")} left out`.replace("entrys", "entries"); }
        step.append(h("time", { datetime: row.at, title: clock(row.at, true), text: offset(row.since) }),
            h("i", { class: "life a" }), h("i", { class: "life b" }), h("i", { class: "life us" }));
        if (is_message) {
            step.append(h("span", { class: "arrow" }, h("b", { text: row.title }),
                h("small", { text: [row.cseq, row.guest].filter(Boolean).join(" · ") }), h("small", { class: "sdp", text: [row.sdp === "no SDP" ? "" : row.sdp, row.why].filter(Boolean).join(" · ") })));
        } else {
            step.append(h("span", { class: "note" }, begins.length && row.kind === "media" ? h("span", { class: "tune", text: "♪ " }) : null, row.title));
        }
        return step;
    }
}
