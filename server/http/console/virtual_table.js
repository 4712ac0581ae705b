// Thousands of rows of which only those in sight are elements; the elements are used again as the reader scrolls.
import { h, put_attribute, put_text } from "./dom.js";
import { window_of } from "./call_list.js";
import { index_after, kept_in_place } from "./row_order.js";

export class VirtualTable {
    selected = null;  // the id of a row
    #rows = [];
    #last = -1;  // where the selected one stood last
    #pressed = null;  // the id of the row under a pointer that went down: another may stand there when it goes up
    #is_pointed_at = false;
    #is_walked = false;
    #pool = [];
    #drawn = false;
    #row_height = 0;

    // `cells`: [{ name, text(row), tone(row) }]; `head`: the row of their names; `open(id)`: Enter or a click on a row;
    // `when_left`: rows need not keep their places any more.
    constructor({ cells, head, open, when_left, label }) {
        this.cells = cells;
        this.open = open;
        this.when_left = when_left;
        this.spacer = h("div", { class: "spacer", role: "presentation" });
        this.body = h("div", { class: "rows", role: "rowgroup", onscroll: () => this.#draw_soon(),
            onpointermove: () => { this.#is_pointed_at = true; }, onpointerleave: () => this.#on_leave(),
            onpointerdown: (event) => { this.#pressed = this.#id_at(event); }, onclick: (event) => this.#on_click(event) },
        this.spacer);
        this.element = h("div", { class: "grid", role: "grid", tabindex: "0", "aria-label": label,
            onkeydown: (event) => this.on_key(event) }, head, this.body);
        new ResizeObserver(() => this.#draw_soon()).observe(this.body);
    }

    // How many of them wait, as rows keep their places while they are pointed at or walked along; `anew`: they do not.
    set_rows(rows, anew) {
        const is_kept = !anew && (this.#is_pointed_at || this.#is_walked);
        const placed = is_kept ? kept_in_place(this.#rows.map((row) => row.id), rows) : { rows, waiting: 0 };
        this.#rows = placed.rows;
        const at = this.#index_of_selected();
        if (at >= 0) { this.#last = at; }
        put_attribute(this.element, "aria-rowcount", String(1 + this.#rows.length));
        this.#draw_soon();
        return placed.waiting;
    }

    let_go() {
        this.#is_pointed_at = false;
        this.#is_walked = false;
    }

    // Of other rows: a step begins there, unless the selected one is among them.
    show_top() {
        this.body.scrollTop = 0;
        this.#last = -1;
    }

    refresh() { this.#draw_soon(); }

    // True: the key was taken.
    on_key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) { return false; }
        const page = Math.max(1, Math.floor(this.body.clientHeight / this.#row_height) - 1);
        const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
        if (event.key in steps) {
            this.#select_by(steps[event.key]);
        } else if (event.key === "Enter" && this.#index_of_selected() >= 0 && !event.target?.closest("button")) {
            this.open(this.selected);
        } else {
            return false;
        }
        event.preventDefault();
        event.stopPropagation();
        return true;
    }

    #index_of_selected() { return this.#rows.findIndex((row) => row.id === this.selected); }

    #select_by(step) {
        if (this.#rows.length === 0) { return; }
        const index = index_after(step, this.#index_of_selected(), this.#last, this.#rows.length);
        this.selected = this.#rows[index].id;
        this.#last = index;
        this.#is_walked = true;
        this.#reveal(index);
        this.#draw();
    }

    #reveal(index) {
        const { scrollTop, clientHeight } = this.body;
        const top = index * this.#row_height;
        const bottom = top + this.#row_height;
        if (top < scrollTop) { this.body.scrollTop = top; }
        if (bottom > scrollTop + clientHeight) { this.body.scrollTop = bottom - clientHeight; }
    }

    #on_leave() {
        this.#is_pointed_at = false;
        this.when_left();
    }

    #id_at(event) { return event.target.closest(".row")?.row_id ?? null; }

    // Of one that no pointer made (`detail` is 0) the row is that which is there.
    #on_click(event) {
        const here = this.#id_at(event);
        const id = event.detail ? this.#pressed : here;
        this.#pressed = null;
        if (!here || !id || String(getSelection())) { return; }
        this.selected = id;
        this.open(id);
    }

    #draw_soon() {
        if (this.#drawn) { return; }
        this.#drawn = true;
        requestAnimationFrame(() => {
            this.#drawn = false;
            this.#draw();
        });
    }

    #draw() {
        if (!this.element.isConnected) { return; }
        this.#row_height = parseFloat(getComputedStyle(this.body).getPropertyValue("--row")) || 36;
        const height = `${this.#rows.length * this.#row_height}px`;
        if (this.spacer.style.height !== height) { this.spacer.style.height = height; }
        const { first, last } = window_of(this.body.scrollTop, this.body.clientHeight, this.#row_height, this.#rows.length);
        while (this.#pool.length < last - first) { this.#pool.push(this.#new_row()); }
        let active = "";
        const used = new Set();
        for (let index = first; index < last; ++index) {
            const element = this.#pool[index % this.#pool.length];
            used.add(element);
            this.#fill(element, this.#rows[index], index);
            if (this.#rows[index].id === this.selected) { active = element.id; }
        }
        for (const element of this.#pool) { element.hidden = !used.has(element); }
        put_attribute(this.element, "aria-activedescendant", active);
    }

    #new_row() {
        const cells = this.cells.map(({ name }) => h("span", { class: `cell ${name}`, role: "gridcell" }));
        const element = h("div", { class: "row", role: "row", id: `row-${this.#pool.length}` }, cells);
        element.cells = cells;
        this.spacer.append(element);
        return element;
    }

    #fill(element, row, index) {
        element.row_id = row.id;
        if (element.index !== index || element.top !== index * this.#row_height) {
            element.index = index;
            element.top = index * this.#row_height;
            element.style.transform = `translateY(${element.top}px)`;
            put_attribute(element, "aria-rowindex", String(index + 2));
        }
        put_attribute(element, "aria-selected", String(row.id === this.selected));
        this.cells.forEach((cell, at) => {
            put_text(element.cells[at], cell.text(row));
            if (cell.tone) { put_attribute(element.cells[at], "data-tone", cell.tone(row)); }
        });
    }
}
