// The console: which view is shown, and what keys do wherever one is.
import { prompt } from "./api.js";
import { CallView } from "./call_view.js";
import { CallsView } from "./calls_view.js";
import { token_dialog } from "./dialogs.js";
import { by_id, put_attribute } from "./dom.js";
import { Live } from "./live.js";
import { RecentView } from "./recent_view.js";
import { route_of } from "./routes.js";
import { Strip } from "./strip.js";
import { RegistrationsView, TrunksView } from "./tables_view.js";
import { follow_theme } from "./theme.js";
import { Trail } from "./trail.js";

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
const names = Object.keys(views).filter((name) => name !== "call");
const trail = new Trail(history);
let view = null;

function show_route() {
    const { name: wanted, id } = route_of(location.hash, names);
    view?.hidden?.();
    for (const [key, one] of Object.entries(views)) { one.element.hidden = key !== wanted; }
    for (const link of document.querySelectorAll("nav a")) {
        put_attribute(link, "aria-current", link.getAttribute("href") === `#/${wanted === "call" ? "calls" : wanted}` ? "page" : "false");
    }
    view = views[wanted];
    view.shown(id);
    document.title = `${view.title} · holdfast`;
}

function go_back() {
    if (view === views.calls) { return views.calls.shown(); }
    if (!trail.back()) { location.hash = "#/calls"; }
}

function on_key(event) {
    if (document.querySelector("dialog[open]") || event.defaultPrevented) { return; }
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape") { return go_back(); }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "/" && view.focus_search) {
        event.preventDefault();
        view.focus_search();
    } else if (!(event.key === "Enter" && /^(A|BUTTON)$/.test(event.target.tagName))) {
        view.on_key?.(event);
    }
}

by_id("views").append(...Object.values(views).map((one) => one.element));
addEventListener("hashchange", () => {
    trail.arrived();
    show_route();
});
addEventListener("keydown", on_key);
show_route();
new Strip(live);
live.run();
