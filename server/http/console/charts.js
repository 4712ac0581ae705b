// How the media of a call fared: for each leg bands and small charts over one axis of time.
import { h, svg } from "./dom.js";
import { bands, nice_ceiling, path_of, per_second, sample_at } from "./scale.js";
import { clock, decimal } from "./text.js";

const height = 36;
let cursor = null;  // the time that is looked at, which stays as samples come and are merged; none: the latest

const rate = (name) => (sample, interval) => per_second(sample[name], interval);
const charts = [
    { name: "in / out /s", least: 60, digits: 0, lines: [["in", rate("packets_in")], ["out", rate("packets_out")]] },
    { name: "lost /s", least: 1, digits: 1, lines: [["lost", rate("lost")]] },
    { name: "jitter ms", least: 20, digits: 1, lines: [["jitter", (sample) => sample.jitter_ms]] },
    { name: "MOS", least: 4.5, top: 4.5, bottom: 1, digits: 2, lines: [["mos", (sample) => sample.mos]] },
];
const band_rows = [
    { name: "codec", value: (sample) => sample.codec },
    { name: "direction", value: (sample) => sample.direction },
    { name: "hold", value: (sample) => (sample.hold ? "hold" : null) },
    { name: "music", value: (sample) => (sample.music ? "♪ music" : null) },
];

function band_row({ name, value }, samples) {
    const runs = bands(samples, value);
    const place = (run) => {
        const band = h("span", { class: "band", "data-band": name === "direction" ? run.value : name, text: run.value, title: `${name}: ${run.value}` });
        band.style.left = `${(100 * run.from) / samples.length}%`;
        band.style.width = `${(100 * (run.to - run.from)) / samples.length}%`;
        return band;
    };
    return h("div", { class: "track bands" }, h("span", { class: "name", text: name }), h("div", { class: "plot" }, runs.map(place)), h("output", { "data-of": name }));
}

function chart_row(chart, samples, interval) {
    const lines = chart.lines.map(([name, value]) => [name, samples.map((sample) => value(sample, interval))]);
    const most = Math.max(0, ...lines.flatMap(([, values]) => values.filter((value) => value !== null && value !== undefined)));
    const top = chart.top ?? nice_ceiling(most, chart.least);
    const paths = lines.map(([name, values]) => svg("path", { d: path_of(values, top, height, chart.bottom ?? 0), class: `line ${name}`, "vector-effect": "non-scaling-stroke" }));
    return h("div", { class: "track" }, h("span", { class: "name", text: chart.name }),
        h("div", { class: "plot" }, svg("svg", { viewBox: `0 0 ${samples.length} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, paths),
            h("span", { class: "most", text: String(top) })), h("output", { "data-of": chart.name }));
}

function show_values(leg, samples, interval, index) {
    const sample = samples[index];
    for (const { name, value } of band_rows) { leg.querySelector(`[data-of="${name}"]`).textContent = value(sample) ?? "–"; }
    for (const { name, lines, digits } of charts) {
        leg.querySelector(`[data-of="${name}"]`).textContent = lines.map(([, value]) => decimal(value(sample, interval) ?? null, digits)).join(" / ");
    }
}

function leg_of(name, samples, interval) {
    return h("div", { class: "leg", "data-leg": name }, h("h3", { text: `Leg ${name.toUpperCase()}` }),
        band_rows.map((row) => band_row(row, samples)), charts.map((chart) => chart_row(chart, samples, interval)));
}

export function forget_cursor() { cursor = null; }

// The elements for one timeline. `place`: what they are put into; what is hovered there is in all its charts.
export function charts_of(timeline, place) {
    const count = timeline?.legs.a.length ?? 0;
    if (count === 0) { return [h("p", { class: "quiet", text: timeline ? "No media was measured yet: the first sample comes a second after the set-up." : "This server keeps no timeline of this call." })]; }
    const { interval_ms: interval, legs } = timeline;
    const begin = Date.parse(timeline.from);
    const elements = ["a", "b"].filter((name) => legs[name].length).map((name) => leg_of(name, legs[name], interval));
    let shown = 0;
    const show = (index) => {
        shown = index;
        place.style.setProperty("--cursor", String((index + 0.5) / count));
        elements.forEach((leg) => show_values(leg, legs[leg.dataset.leg], interval, index));
        const at = clock(begin + index * interval);
        axis.setAttribute("aria-valuenow", String(index));
        axis.setAttribute("aria-valuetext", at);
        axis.lastChild.textContent = at;
    };
    const look_at = (index) => {
        cursor = index === count - 1 ? null : begin + index * interval;
        show(index);
    };
    const axis = h("div", { class: "axis", role: "slider", tabindex: "0", "aria-label": "Time that is looked at", "aria-valuemin": "0", "aria-valuemax": String(count - 1),
        onkeydown: (event) => {
            const step = { ArrowLeft: -1, ArrowRight: 1, Home: -count, End: count }[event.key];
            if (!step) { return; }
            event.preventDefault();
            look_at(Math.max(0, Math.min(count - 1, shown + step)));
        } }, h("span", { text: clock(begin) }), h("span", { text: clock(begin + count * interval) }), h("strong"));
    place.onpointermove = (event) => {
        const plot = place.querySelector(".plot").getBoundingClientRect();
        if (event.clientX >= plot.left && event.clientX <= plot.right) { look_at(sample_at((event.clientX - plot.left) / plot.width, count)); }
    };
    const had_focus = document.activeElement?.classList.contains("axis");
    show(cursor === null ? count - 1 : sample_at((cursor - begin) / (count * interval), count));
    if (had_focus) { requestAnimationFrame(() => axis.focus({ preventScroll: true })); }
    return [axis, ...elements];
}
