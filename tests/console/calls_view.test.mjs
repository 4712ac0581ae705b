import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { summary } from "../../server/http/console/call_list.js";
import { CallsView } from "../../server/http/console/calls_view.js";
import { server_clock } from "../../server/http/console/server_clock.js";
import { new_page, settled } from "./page.mjs";

let live;
let view;
let opened;
let begun;

// The latest stand above.
function begin(...ids) {
    for (const id of ids) {
        const started = new Date(Date.UTC(2026, 0, 2) + 1000 * begun++).toISOString();
        live.calls.set(id, summary({ id, state: "up", from: `sip:${id}@x`, to: "sip:b@x", started, answered: started }));
    }
    return changed();
}

function end(...ids) {
    ids.forEach((id) => live.calls.delete(id));
    return changed();
}

function changed() {
    live.dispatchEvent(new Event("calls"));
    return settled(4);
}

const rows = () => view.table.body.querySelectorAll(".row").filter((row) => !row.hidden)
    .sort((one, other) => one.top - other.top);
const listed = () => rows().map((row) => row.row_id).join("");
const press = (key) => view.on_key({ key, preventDefault() {}, stopPropagation() {} });
const pointer = (row, type) => row.send(type);
const click = (row) => row.click({ detail: 1 });

beforeEach(async () => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.UTC(2030, 0, 1) });
    new_page();
    begun = 0;
    opened = [];
    live = Object.assign(new EventTarget(), { calls: new Map(), link: "live" });
    view = new CallsView(live, (id) => opened.push(id));
    document.body.append(view.element);
    await begin("c", "b", "a");
});

test("the call that was pressed is opened, though another stands there by then", async () => {
    pointer(rows()[0], "pointerdown");
    await begin("x");
    assert.equal(listed(), "xabc");
    click(rows()[0]);
    assert.deepEqual(opened, ["a"]);
});

test("a click that no pointer made opens the row that it is made on", () => {
    pointer(rows()[0], "pointerdown");
    rows()[1].click();
    assert.deepEqual(opened, ["b"]);
});

test("rows that are pointed at keep their places, and those that wait are counted", async () => {
    pointer(rows()[0], "pointermove");
    await begin("x", "y");
    assert.equal(listed(), "abc");
    assert.equal(view.counted.textContent, "5 calls, 2 not listed yet");
    view.table.body.send("pointerleave");
    await settled(4);
    assert.equal(listed(), "yxabc");
    assert.equal(view.counted.textContent, "5 calls");
});

test("rows that are walked along keep their places until Escape, another order or other words", async () => {
    press("j");
    await begin("x");
    assert.equal(listed(), "abc");
    view.let_go();
    await settled(4);
    assert.equal(listed(), "xabc");
    press("j");
    await begin("y");
    assert.equal(listed(), "xabc");
    view.head.querySelector("[data-column=\"from\"]").click();
    await settled(4);
    assert.equal(listed(), "abcxy");
});

test("what a filter finds stands in its order, whoever points at the list", async () => {
    pointer(rows()[0], "pointermove");
    await begin("x");
    view.search.value = "sip:b@";
    view.search.send("input");
    await settled(4);
    assert.equal(listed(), "xabc");
});

test("where the selected call has ended, the next step goes to the one that took its place", async () => {
    press("j");
    press("j");
    await end("b");
    press("j");
    press("Enter");
    assert.deepEqual(opened, ["c"]);
});

test("of the number of calls only a filter is told to screen readers", async () => {
    const said = () => view.element.querySelectorAll("[role=\"status\"]").map((one) => one.textContent);
    await begin("x");
    assert.deepEqual(said(), [""]);
    view.search.value = "sip:b@";
    view.search.send("input");
    assert.deepEqual(said(), ["4 calls"]);
    view.search.value = "sip:x@";
    view.search.send("input");
    assert.deepEqual(said(), ["1 of 4"]);
});

test("the grid has a row of headers, of which the one that sorts says how", async () => {
    const grid = document.body.querySelector("[role=\"grid\"]");
    const headers = grid.querySelectorAll("[role=\"columnheader\"]");
    assert.deepEqual(headers.map((one) => one.parent.getAttribute("role")), headers.map(() => "row"));
    const sorts = () => headers.map((one) => one.getAttribute("aria-sort")).join(" ");
    assert.equal(sorts(), "none none none none none descending none none none");
    headers[1].firstChild.click();
    assert.equal(sorts(), "none ascending none none none none none none none");
    assert.equal(grid.getAttribute("aria-rowcount"), "4");
    await settled(4);
    assert.deepEqual(rows().map((row) => row.getAttribute("aria-rowindex")), ["2", "3", "4"]);
});

test("durations are by the server's clock", async () => {
    server_clock.note({ started: "2026-01-02T00:00:00Z", uptime_seconds: 62 }, Date.now(), Date.now());
    await changed();
    assert.equal(rows()[0].querySelector(".started").textContent, "01:00");
});
