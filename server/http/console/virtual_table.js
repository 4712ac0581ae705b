// Thousands of rows of which only those in sight are elements; the elements are used again as the reader scrolls.
import { h, put_attribute, put_text } from "./dom.js";
import { window_of } from "./call_list.js";

export class VirtualTable {
    selected = null;  // the id of a row
    #rows = [];
    #pool = [];
    #drawn = false;
    #row_height = 0;

    // `cells`: [{ name, text(row), tone(row) }]; `open(row)`: Enter or a click on one.
    constructor({ cells, open, label }) {
        this.cells = cells;
        this.open = open;
        this.spacer = h("div", { class: "spacer", role: "presentation" });
        this.element = h("div", { class: "rows", role: "grid", tabindex: "0", "aria-label": label,
            onscroll: () => this.#draw_soon(), onkeydown: (event) => this.on_key(event), onclick: (event) => this.#on_click(event) },
        this.spacer);
        new ResizeObserver(() => this.#draw_soon()).observe(this.element);
    }

    set_rows(rows) {
        this.#rows = rows;
        put_attribute(this.element, "aria-rowcount", String(rows.length));
        this.#draw_soon();
    }

    refresh() { this.#draw_soon(); }

    // True: the key was taken.
    on_key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) { return false; }
        const page = Math.max(1, Math.floor(this.element.clientHeight / this.#row_height) - 1);
        const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
        if (event.key in steps) {
            this.#select_by(steps[event.key]);
        } else if (event.key === "Enter" && this.#index_of_selected() >= 0) {
            this.open(this.#rows[this.#index_of_selected()]);
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
        const at = this.#index_of_selected();
        const wanted = at < 0 ? (step > 0 && step !== Infinity ? 0 : step === -Infinity ? 0 : this.#rows.length - 1) : at + step;
        const index = Math.max(0, Math.min(this.#rows.length - 1, wanted));
        this.selected = this.#rows[index].id;
        this.#reveal(index);
        this.#draw();
    }

    #reveal(index) {
        const { scrollTop, clientHeight } = this.element;
        const top = index * this.#row_height;
        if (top < scrollTop) { this.element.scrollTop = top; }
        if (top + this.#row_height > scrollTop + clientHeight) { this.element.scrollTop = top + this.#row_height - clientHeight; }
    }

    #on_click(event) {
        const row = event.target.closest("[role=row]");
        const found = row && this.#rows[row.index];
        if (!found || String(getSelection())) { return; }
        this.selected = found.id;
        this.open(found);
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
        this.#row_height = parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 36;
        const height = `${this.#rows.length * this.#row_height}px`;
        if (this.spacer.style.height !== height) { this.spacer.style.height = height; }
        const { first, last } = window_of(this.element.scrollTop, this.element.clientHeight, this.#row_height, this.#rows.length);
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
        if (element.index !== index || element.top !== index * this.#row_height) {
            element.index = index;
            element.top = index * this.#row_height;
            element.style.transform = `translateY(${element.top}px)`;
            put_attribute(element, "aria-rowindex", String(index + 1));
        }
        put_attribute(element, "aria-selected", String(row.id === this.selected));
        this.cells.forEach((cell, at) => {
            put_text(element.cells[at], cell.text(row));
            if (cell.tone) { put_attribute(element.cells[at], "data-tone", cell.tone(row)); }
        });
    }
}
