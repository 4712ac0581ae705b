import assert from "node:assert/strict";
import test from "node:test";
import { index_after, kept_in_place } from "../../server/http/console/row_order.js";

const rows = (text) => [...text].map((id) => ({ id, state: "new" }));
const ids = (list) => list.map((row) => row.id).join("");

test("rows that are pointed at keep their order; what came waits, what ended goes", () => {
    const { rows: kept, waiting } = kept_in_place([..."abcd"], rows("xdybca"));
    assert.equal(ids(kept), "abcd");
    assert.equal(waiting, 2);
    assert.equal(ids(kept_in_place([..."abcd"], rows("da")).rows), "ad");
    assert.ok(kept.every((row) => row.state === "new"), "what they say is of now");
});

test("a step goes on from the row that is selected, and stops at the ends", () => {
    assert.deepEqual([1, -1, 5, -5, Infinity, -Infinity].map((step) => index_after(step, 4, 4, 10)), [5, 3, 9, 0, 9, 0]);
});

test("where the selected row is gone, the one that took its place is next", () => {
    assert.equal(index_after(1, -1, 4, 9), 4);
    assert.equal(index_after(-1, -1, 4, 9), 3);
    assert.equal(index_after(1, -1, 9, 9), 8, "the last one was the last");
    assert.equal(index_after(-1, -1, 0, 9), 0);
});

test("where none was selected, down begins at the top and up at the bottom", () => {
    assert.deepEqual([1, -1, Infinity, -Infinity].map((step) => index_after(step, -1, -1, 10)), [0, 9, 9, 0]);
});
