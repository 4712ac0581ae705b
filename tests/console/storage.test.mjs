import assert from "node:assert/strict";
import test from "node:test";
import { storage } from "../../server/http/console/storage.js";

test("where site data is blocked, things are kept until the page is left", () => {
    const refuse = () => { throw new DOMException("blocked", "SecurityError"); };
    Object.defineProperty(globalThis, "localStorage", { configurable: true, get: refuse });
    const kept = storage("localStorage");
    assert.equal(kept.getItem("holdfast.theme"), null);
    kept.setItem("holdfast.theme", "dark");
    assert.equal(kept.getItem("holdfast.theme"), "dark");
});

test("the page's look can be changed there, too", async () => {
    const listeners = {};
    globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
    globalThis.document = { documentElement: { dataset: {} } };
    const { follow_theme } = await import("../../server/http/console/theme.js");
    follow_theme({ setAttribute() {}, addEventListener: (name, heard) => { listeners[name] = heard; } });
    assert.equal(document.documentElement.dataset.theme, "light");
    listeners.click();
    assert.equal(document.documentElement.dataset.theme, "dark");
});
