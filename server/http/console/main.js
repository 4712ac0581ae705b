// The console: which view is shown, and what keys do wherever one is.
import { prompt } from "./api.js";
import { CallView } from "./call_view.js";
import { CallsView } from "./calls_view.js";
import { token_dialog } from "./dialogs.js";
import { by_id, put_attribute } from "./dom.js";
import { Live } from "./live.js";
import { Strip } from "./strip.js";
import { RecentView, RegistrationsView, TrunksView } from "./tables_view.js";
import { follow_theme } from "./theme.js";

prompt.ask_token = token_dialog;
follow_theme(by_id("theme"));

const live = new Live(document);
const views = {
    calls: new CallsView(live, (id) => { location.hash = `#/calls/${encodeURIComponent(id)}`; }),
    call: new CallView(live),
    recent: new RecentView(),
    trunks: new TrunksView(live),
    registrations: new RegistrationsView(),
};
let view = null;

function show_route() {
    const [name, id] = location.hash.replace(/^#\//, "").split("/");
    const wanted = name === "calls" && id ? "call" : name in views && name !== "call" ? name : "calls";
    view?.hidden?.();
    for (const [key, one] of Object.entries(views)) { one.element.hidden = key !== wanted; }
    for (const link of document.querySelectorAll("nav a")) {
        put_attribute(link, "aria-current", link.getAttribute("href") === `#/${wanted === "call" ? "calls" : wanted}` ? "page" : "false");
    }
    view = views[wanted];
    view.shown(id && decodeURIComponent(id));
    document.title = `${view.title} · holdfast`;
}

function on_key(event) {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) { return; }
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape") { return view === views.calls ? views.calls.table.element.focus() : void history.back(); }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "/" && view.focus_search) {
        event.preventDefault();
        view.focus_search();
    } else if (!(event.key === "Enter" && /^(A|BUTTON)$/.test(event.target.tagName))) {
        view.on_key?.(event);
    }
}

by_id("views").append(...Object.values(views).map((one) => one.element));
addEventListener("hashchange", show_route);
addEventListener("keydown", on_key);
show_route();
new Strip(live);
live.run();
