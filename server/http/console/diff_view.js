// Two descriptions line by line, and which two.
import { comparisons, diff } from "./diff.js";
import { h } from "./dom.js";
import { clock } from "./text.js";

const marks = { same: " ", removed: "−", added: "+", changed: "≠" };
const none = "This server keeps no texts of messages for this call, so there are no descriptions to compare. "
    + "Their short forms stand in the ladder.";

const line = (row) => h("div", { class: "line", role: "row", "data-mark": row.mark },
    h("span", { class: "mark", role: "cell", "aria-label": row.mark, text: marks[row.mark] }),
    h("code", { role: "cell", text: row.left }), h("code", { role: "cell", text: row.right }));

const names = (pair) => h("div", { class: "line names", role: "row" }, h("span", { role: "columnheader" }),
    h("span", { role: "columnheader", text: pair.left_name }), h("span", { role: "columnheader", text: pair.right_name }));

export class DiffView {
    #pairs = [];
    #chosen = -1;

    constructor() {
        this.select = h("select", { "aria-label": "Which descriptions",
            onchange: () => this.#choose(Number(this.select.value)) });
        this.table = h("div", { class: "diff", role: "table", tabindex: "0", "aria-label": "Descriptions line by line" });
        this.none = h("p", { class: "quiet", text: none });
        this.element = h("div", { class: "diff-box" }, this.select, this.table, this.none);
        this.clear();
    }

    clear() {
        this.#chosen = -1;
        for (const part of this.element.children) { part.hidden = true; }
    }

    show(ladder) {
        this.#pairs = comparisons(ladder.entries);
        const is_empty = this.#pairs.length === 0;
        this.none.hidden = !is_empty;
        this.select.hidden = this.table.hidden = is_empty;
        if (is_empty) { return; }
        const last = this.#pairs.length - 1;
        const chosen = this.#chosen < 0 ? last : Math.min(this.#chosen, last);
        this.select.replaceChildren(...this.#pairs.map((pair, index) =>
            h("option", { value: index, text: `${clock(pair.time)} ${pair.title}`, selected: index === chosen })));
        this.#choose(chosen);
    }

    #choose(index) {
        const pair = this.#pairs[index];
        this.#chosen = index;
        this.table.replaceChildren(names(pair), ...diff(pair.left, pair.right).map(line));
    }
}
