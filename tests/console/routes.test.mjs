import assert from "node:assert/strict";
import test from "node:test";
import { route_of } from "../../server/http/console/routes.js";
import { Trail } from "../../server/http/console/trail.js";

const names = ["calls", "recent", "trunks", "registrations"];

test("an address names a page, or a call by its id", () => {
    assert.deepEqual(route_of("#/recent", names), { name: "recent", id: "" });
    assert.deepEqual(route_of("#/calls/a%2Fb", names), { name: "call", id: "a/b" });
    assert.deepEqual(route_of("#/calls", names), { name: "calls", id: "" });
});

test("whatever else stands there is the list of calls", () => {
    for (const hash of ["", "#", "#/", "#/constructor", "#/toString", "#/call", "#/call/x", "#/calls/", "#/calls/%",
        "#/calls/%ff", "#nonsense"]) {
        assert.deepEqual(route_of(hash, names), { name: "calls", id: "" }, hash);
    }
});

// As a browser keeps it; "elsewhere" is what it showed before the console.
class History {
    entries = ["elsewhere"];
    at = 0;
    get state() { return this.entries[this.at] ?? null; }
    replaceState(state) { this.entries[this.at] = state; }
    go(place = null) { this.entries = [...this.entries.slice(0, ++this.at), place]; }
    back() { --this.at; }
}

test("back leads to the page before, and never out of the console", () => {
    const history = new History();
    history.go();
    const trail = new Trail(history);
    assert.ok(!trail.back());
    history.go();
    trail.arrived();
    assert.ok(trail.back());
    trail.arrived();
    assert.ok(!trail.back());
    assert.equal(history.at, 1);
});

test("a page that is loaded again knows its place", () => {
    const history = new History();
    history.go();
    const trail = new Trail(history);
    history.go();
    trail.arrived();
    assert.ok(new Trail(history).back());
});
