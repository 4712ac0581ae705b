import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { confirm_dialog, token_dialog } from "../../server/http/console/dialogs.js";
import { new_page } from "./page.mjs";

beforeEach(new_page);

function opened() {
    const dialog = document.body.querySelector("dialog");
    dialog.box = { left: 100, right: 300, top: 100, bottom: 200 };
    return dialog;
}
const padding = { clientX: 105, clientY: 105 };
const behind = { clientX: 50, clientY: 150 };

test("a click behind a question is a no, one on its edge is none", async () => {
    const agreed = confirm_dialog("Hang up?", "", "Hang up");
    const dialog = opened();
    dialog.click(padding);
    assert.ok(dialog.open);
    dialog.click(behind);
    assert.ok(!dialog.open);
    assert.equal(await agreed, false);
});

test("a click behind the dialog for the token gives none, nor does one that is left", async () => {
    const token = token_dialog(false);
    const dialog = opened();
    dialog.querySelector("input").value = "half of a tok";
    dialog.click(behind);
    assert.ok(dialog.open);
    dialog.close();
    assert.equal(await token, "");
});

test("what is typed and sent is the token", async () => {
    const token = token_dialog(true);
    const dialog = opened();
    assert.match(dialog.textContent, /does not take this token/);
    dialog.querySelector("input").value = "right";
    dialog.querySelector("form").send("submit", { preventDefault() {} });
    assert.equal(await token, "right");
});
