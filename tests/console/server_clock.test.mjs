import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { ServerClock } from "../../server/http/console/server_clock.js";

const started = "2026-01-02T03:00:00.000Z";
const wrong_by = 3600_000;  // the reader's clock is an hour ahead

// What a server says at that time of its own, and how long that takes.
function hear(clock, at, took = 20) {
    const status = { started, uptime_seconds: Math.floor((at - Date.parse(started)) / 1000) };
    clock.note(status, at + wrong_by - took, at + wrong_by);
}

test("until the server has said something, the reader's clock has to do", () => {
    mock.timers.enable({ apis: ["Date"], now: 5000 });
    assert.equal(new ServerClock().now(), 5000);
    mock.timers.reset();
});

test("a clock that is wrong is put right, the better the more was heard", () => {
    const clock = new ServerClock();
    const errors = [];
    for (let at = Date.parse(started) + 10_000; errors.length < 10; at += 5137) {
        hear(clock, at);
        mock.timers.enable({ apis: ["Date"], now: at + wrong_by });
        errors.push(Math.abs(clock.now() - at));
        mock.timers.reset();
    }
    assert.ok(errors[0] <= 520, `${errors}`);
    assert.ok(errors.at(-1) <= 100, `${errors}`);
});

test("a clock that is put right meanwhile is believed at once", () => {
    const clock = new ServerClock();
    const at = Date.parse(started) + 10_000;
    hear(clock, at);
    clock.note({ started, uptime_seconds: 10 }, at, at + 20);
    mock.timers.enable({ apis: ["Date"], now: at });
    assert.ok(Math.abs(clock.now() - at) <= 520);
    mock.timers.reset();
});
