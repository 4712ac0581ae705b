import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { RecentView } from "../../server/http/console/recent_view.js";
import { new_page, settled } from "./page.mjs";

const record = (id) => ({ id, started: "2026-01-02T03:04:05Z", from: `sip:${id}@x`, to: "sip:b@x", outcome: "answered" });

let asked;   // paths of records
let answer;  // of a path of records
let view;

globalThis.fetch = async (path) => {
    if (path === "/api/v1/trunks") { return Response.json({ trunks: [{ name: "carrier" }, { name: "pbx" }] }); }
    asked.push(path);
    return Response.json(await answer(path));
};

beforeEach(async () => {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout"] });
    new_page();
    asked = [];
    answer = (path) => (path.includes("after=") ? { cdrs: [record("old")] } : { cdrs: [record("new")], next: "17-new" });
    view = new RecentView();
    document.body.append(view.element);
    view.shown();
    await settled();
});

const listed = () => view.body.children.map((row) => row.dataset.key);
async function choose(select, value) {
    select.value = value;
    select.send("change");
    await settled();
}

test("older calls are a page away, and so are the newest", async () => {
    assert.deepEqual([listed(), view.newest.disabled, view.older.disabled], [["new"], true, false]);
    view.older.focus();
    view.older.click();
    await settled();
    assert.deepEqual([listed(), view.newest.disabled, view.older.disabled], [["old"], false, true]);
    assert.equal(asked.at(-1), "/api/v1/cdrs?limit=200&after=17-new");
    assert.equal(document.activeElement, view.newest);
    view.newest.click();
    await settled();
    assert.deepEqual(listed(), ["new"]);
});

test("outcome, trunk and number are asked for together, from the latest on", async () => {
    assert.deepEqual(view.trunk.children.map((one) => one.textContent), ["Any trunk", "carrier", "pbx"]);
    view.older.click();
    await settled();
    view.search.value = "+49 30";
    await choose(view.outcome, "busy");
    await choose(view.trunk, "pbx");
    assert.equal(asked.at(-1), "/api/v1/cdrs?limit=200&number=%2B49%2030&outcome=busy&trunk=pbx");
});

test("an answer that comes after that of a later question is not shown", async () => {
    const waiting = [];
    answer = () => new Promise((done) => waiting.push(done));
    view.load();
    await settled();
    view.load();
    await settled();
    waiting[1]({ cdrs: [record("second")] });
    await settled();
    waiting[0]({ cdrs: [record("first")] });
    await settled();
    assert.deepEqual(listed(), ["second"]);
});
