import assert from "node:assert/strict";
import test from "node:test";
import { bands, nice_ceiling, path_of, per_second, sample_at } from "../../server/http/console/scale.js";
import { clock, duration, long_duration, moment, offset, plural, short_uri, zone } from "../../server/http/console/text.js";

test("the top of a chart is a round number that nothing goes beyond", () => {
    assert.deepEqual([0, 1, 1.1, 49, 50, 51, 999, 2500].map((value) => nice_ceiling(value)), [1, 1, 2, 50, 50, 100, 1000, 5000]);
    assert.equal(nice_ceiling(3, 20), 20);
});

test("bands are runs of one value; nothing is no band", () => {
    const values = ["PCMA", "PCMA", null, "opus", undefined, "opus", "opus", false];
    assert.deepEqual(bands(values, (value) => value), [{ value: "PCMA", from: 0, to: 2 }, { value: "opus", from: 3, to: 4 }, { value: "opus", from: 5, to: 7 }]);
});

test("a line has a step for each sample and a gap where nothing is known", () => {
    assert.equal(path_of([0, 50, null, 100], 100, 40), "M0 40H1H1V20H2M3 0H4");
    assert.equal(path_of([200, -5], 100, 40), "M0 0H1H1V40H2", "beyond the chart is at its edge");
    assert.equal(path_of([4.5, 1], 4.5, 35, 1), "M0 0H1H1V35H2");
    assert.equal(path_of([], 1, 1), "");
});

test("counts of an interval become rates, whatever the interval", () => {
    assert.equal(per_second(100, 2000), 50);
    assert.equal(per_second(null, 2000), null);
});

test("a place of the pointer is a sample, at both edges too", () => {
    assert.deepEqual([-1, 0, 0.5, 0.999, 1, 2].map((share) => sample_at(share, 10)), [0, 0, 5, 9, 9, 9]);
});

test("times as operators read them", () => {
    assert.deepEqual([0, 59.9, 61, 3725, null, -3].map(duration), ["00:00", "00:59", "01:01", "1:02:05", "–", "00:00"]);
    assert.deepEqual([5, 125, 7300, 200000].map(long_duration), ["5 s", "2 min", "2 h 1 min", "2 d 7 h"]);
    assert.equal(offset(1204.4), "+1.204");
    assert.equal(clock("nonsense"), "–");
    assert.equal(plural(1, "call"), "1 call");
    assert.equal(plural(1234, "call"), "1,234 calls");
});

test("a time of another day has its date, and the zone of times is told", () => {
    const now = new Date(2026, 0, 2, 12, 0, 0);
    assert.equal(moment(new Date(2026, 0, 2, 0, 0, 1), now), "00:00:01");
    assert.equal(moment(new Date(2026, 0, 1, 23, 59, 59), now), "2026-01-01 23:59:59");
    const zones = [0, -120, 210, -345].map((offset) => zone({ getTimezoneOffset: () => offset }));
    assert.deepEqual(zones, ["UTC+00:00", "UTC+02:00", "UTC−03:30", "UTC+05:45"]);
});

test("of a URI the user part is shown, if it has one", () => {
    assert.deepEqual(["sip:alice@example.com;user=phone", "sips:+49@x", "sip:example.com", "", undefined].map(short_uri), ["alice", "+49", "sip:example.com", "–", "–"]);
});
