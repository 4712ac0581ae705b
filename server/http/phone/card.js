// A call on the page.
import { quality } from "./quality.js";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const second = 1000;
const stays = 4 * second;  // after its end

export class Card {
    // `page`: { uri(text), others(call), trouble(text) }
    constructor(call, page) {
        this.call = call;
        this.page = page;
        this.element = document.getElementById("call").content.firstElementChild.cloneNode(true);
        this.find("h2").textContent = call.peer;
        this.fill_keypad();
        for (const button of this.element.querySelectorAll("[data-do]")) {
            button.addEventListener("click", () => this.attempt(() => this.do(button.dataset.do)));
        }
        this.find(".transfer").addEventListener("submit", (event) => {
            event.preventDefault();
            this.attempt(() => call.transfer(page.uri(event.target.target.value)));
        });
        call.addEventListener("change", () => this.show());
        this.timer = setInterval(() => this.measure(), second);
        this.show();
    }

    find(selector) { return this.element.querySelector(selector); }
    button(name) { return this.find(`[data-do=${name}]`); }

    async attempt(work) {
        this.page.trouble("");
        try { await work(); } catch (error) { this.page.trouble(error.message); }
    }

    async do(name) {
        if (name === "keypad" || name === "transfer") { return this.toggle(name); }
        if (name === "answerWithVideo") { return this.call.answer(true); }
        return this.call[name]();
    }

    toggle(name) {
        const panel = this.find(`.${name}`);
        panel.hidden = !panel.hidden;
        this.button(name).setAttribute("aria-expanded", String(!panel.hidden));
        if (panel.hidden) { return; }
        if (name === "transfer") { this.list_others(); }
        panel.querySelector("button, input").focus();
    }

    fill_keypad() {
        const pad = this.find(".keypad");
        for (const key of keys) {
            const button = document.createElement("button");
            button.textContent = key;
            button.className = "plain";
            button.addEventListener("click", () => this.attempt(() => this.call.digit(key)));
            pad.append(button);
        }
        pad.addEventListener("keydown", ({ key }) => { if (keys.includes(key)) { this.attempt(() => this.call.digit(key)); } });
    }

    // Calls whose peer this one's may be connected with.
    list_others() {
        this.find(".others").replaceChildren(...this.page.others(this.call).map((other) => {
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = `Connect with ${other.peer}`;
            button.addEventListener("click", () => this.attempt(() => this.call.transfer(other)));
            return button;
        }));
    }

    show() {
        const { call } = this;
        this.find(".state").textContent = call.words;
        for (const name of ["answer", "answerWithVideo"]) { this.button(name).hidden = !call.rings; }
        for (const name of ["hold", "mute", "addVideo", "keypad", "transfer"]) { this.button(name).hidden = !call.up; }
        this.button("hold").textContent = call.held ? "Resume" : "Hold";
        this.button("hold").setAttribute("aria-pressed", String(call.held));
        this.button("mute").setAttribute("aria-pressed", String(call.muted));
        this.button("hold").disabled = this.button("addVideo").disabled = call.busy;
        this.button("addVideo").hidden ||= call.video;
        this.button("hangUp").textContent = call.rings ? "Decline" : "Hang up";
        this.show_media();
        if (call.over) { this.end(); }
    }

    show_media() {
        const { handler } = this.call;
        if (!handler || this.call.over) { return; }
        const [remote, local] = [this.find(".remote"), this.find(".local")];
        if (remote.srcObject !== handler.remoteMediaStream) { remote.srcObject = handler.remoteMediaStream; }
        if (local.srcObject !== handler.localMediaStream) { local.srcObject = handler.localMediaStream; }
        this.find(".pictures").classList.toggle("shown", this.call.hasPicture || this.call.video);
        local.hidden = !this.call.video;
    }

    async measure() {
        if (!this.call.up || !this.call.connection) { return; }
        this.find(".quality").textContent = await quality(this.call.connection);
        this.show_media();
    }

    end() {
        clearInterval(this.timer);
        for (const part of [".buttons", ".keypad", ".transfer", ".pictures"]) { this.find(part).hidden = true; }
        this.find(".pictures").classList.remove("shown");
        setTimeout(() => this.element.remove(), stays);
    }
}
