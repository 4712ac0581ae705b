// What can be done with a call: its capture, hold and resume of each leg, its end. The buttons stay the same elements
// whatever they say: the focus is on one of them.
import { ask, download } from "./api.js";
import { confirm_dialog, tell } from "./dialogs.js";
import { h, put_text } from "./dom.js";

const path_of = (id) => `/api/v1/calls/${encodeURIComponent(id)}`;

export class CallButtons {
    #id = null;
    #held = {};  // by an operator

    // `when_done`: the call is another one now; `when_gone`: the focus has nowhere to be.
    constructor({ when_done, when_gone }) {
        this.when_done = when_done;
        this.when_gone = when_gone;
        this.pcap = this.#button("pcap", () => this.#save());
        this.pcap.title = "Its SIP messages, for Wireshark";
        this.holds = { a: this.#button("Hold A", () => this.#hold("a")), b: this.#button("Hold B", () => this.#hold("b")) };
        this.end = h("button", { type: "button", class: "danger", text: "Hang up", onclick: () => this.#hang_up() });
        this.element = h("div", { class: "buttons" }, this.pcap, this.holds.a, this.holds.b, this.end);
        this.clear();
    }

    // `held`: { a, b }; null: the call is over.
    show(id, held) {
        this.#id = id;
        this.#held = held ?? {};
        for (const side of ["a", "b"]) { put_text(this.holds[side], this.#words(side)); }
        this.#offer(held ? [this.pcap, this.holds.a, this.holds.b, this.end] : [this.pcap]);
    }

    clear() { this.#offer([]); }

    #button(text, onclick) { return h("button", { type: "button", class: "plain", text, onclick }); }

    #offer(buttons) {
        const focused = document.activeElement;
        for (const one of this.element.children) { one.hidden = !buttons.includes(one); }
        if (focused?.hidden && this.element.contains(focused)) { this.when_gone(); }
    }

    #words(side) { return `${this.#held[side] ? "Resume" : "Hold"} ${side.toUpperCase()}`; }

    #save() {
        download(`${path_of(this.#id)}/pcap`, `${this.#id}.pcapng`).catch((error) => tell("error", error.message));
    }

    #hold(side) {
        const [verb, name] = this.#words(side).split(" ");
        const what = this.#held[side] ? `${name} hears the other end again.` : `${name} hears music until it is resumed.`;
        return this.#act(`${verb} ${name}?`, what, "POST", `/legs/${side}/${verb.toLowerCase()}`);
    }

    #hang_up() { return this.#act("Hang up this call?", "Both legs get a BYE.", "DELETE", ""); }

    async #act(title, what, method, rest) {
        const id = this.#id;
        if (!(await confirm_dialog(title, what, title.replace(/( this call)?\?$/, "")))) { return; }
        try {
            await ask(path_of(id) + rest, { method });
            this.when_done();
        } catch (error) {
            tell("error", error.message);
        }
    }
}
