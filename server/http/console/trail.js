// The way back to the page before, which is left only for another one of the console. An entry of the browser's history
// keeps how many of the console came before it.
export class Trail {
    #depth;

    constructor(history) {
        this.history = history;
        this.#depth = -1;
        this.arrived();
    }

    arrived() {
        if (this.history.state?.depth === undefined) { this.history.replaceState({ depth: this.#depth + 1 }, ""); }
        this.#depth = this.history.state.depth;
    }

    // False: no page of the console came before this one.
    back() {
        if (this.#depth === 0) { return false; }
        this.history.back();
        return true;
    }
}
