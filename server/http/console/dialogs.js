// What stands above the page: questions before something is done, a message in whole, the token, what went wrong.
import { h } from "./dom.js";
import { clock } from "./text.js";

// Its padding belongs to it, though a click there has the same target as one on what is behind it.
export function is_outside({ left, right, top, bottom }, { clientX: x, clientY: y }) {
    return x < left || x > right || y < top || y > bottom;
}

function close_from_outside(dialog) {
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog && is_outside(dialog.getBoundingClientRect(), event)) { dialog.close(); }
    });
}

function open(content, label) {
    const dialog = h("dialog", { "aria-label": label }, content);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
    return dialog;
}

// True: it is to be done.
export function confirm_dialog(title, text, verb) {
    return new Promise((done) => {
        let agreed = false;
        const close = (yes) => { agreed = yes; dialog.close(); };
        const dialog = open([h("h2", { text: title }), h("p", { text }), h("div", { class: "buttons" },
            h("button", { type: "button", text: verb, onclick: () => close(true) }),
            h("button", { type: "button", class: "plain", text: "Cancel", onclick: () => close(false) }))], title);
        close_from_outside(dialog);
        dialog.addEventListener("close", () => done(agreed));
    });
}

export function message_dialog(row, entry) {
    const where = [entry.source && `${entry.source} → ${entry.destination}`, entry.transport, clock(row.at, true)].filter(Boolean).join(" · ");
    const kept = entry.message ? h("pre", { tabindex: "0", text: entry.message })
        : h("p", { text: "The whole text was not kept. " + [row.title, row.cseq, row.sdp, row.why].filter(Boolean).join(" · ") });
    const dialog = open([h("h2", { text: row.title }), h("p", { class: "quiet", text: where }), kept,
        h("div", { class: "buttons" }, h("button", { type: "button", class: "plain", text: "Close", onclick: () => dialog.close() }))], row.title);
    dialog.classList.add("wide");
    close_from_outside(dialog);
}

// What was given; "" of a dialog that was left, which the next question opens again.
export function token_dialog(was_refused) {
    return new Promise((done) => {
        let given = "";
        const input = h("input", { type: "password", name: "token", required: true, autocomplete: "current-password", "aria-label": "Token", spellcheck: "false" });
        const give = (event) => {
            event.preventDefault();
            given = input.value;
            if (given) { dialog.close(); }
        };
        const dialog = open([h("h2", { text: "Token" }), h("p", { text: was_refused ? "The server does not take this token." : "This server asks for the token of admin.token. It is kept until this tab is closed." }),
            h("form", { onsubmit: give }, input, h("button", { text: "Continue" }))], "Token");
        dialog.addEventListener("cancel", (event) => event.preventDefault());
        dialog.addEventListener("close", () => done(given));
    });
}

// One notice at a time, until it is dismissed. `tone`: error or done.
export function tell(tone, text, errors = []) {
    const place = document.getElementById("notice");
    place.replaceChildren(h("div", { class: "notice", "data-tone": tone }, h("p", { text }),
        errors.length ? h("ul", {}, errors.map((error) => h("li", {}, h("code", { text: error })))) : null,
        h("button", { type: "button", class: "plain", "aria-label": "Dismiss", text: "✕", onclick: () => place.replaceChildren() })));
}
