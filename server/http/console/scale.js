// Samples of a timeline as places in a chart.

// The first "nice" number that is not below: 1, 2, 5 times a power of ten.
export function nice_ceiling(value, least = 1) {
    const wanted = Math.max(value, least);
    const power = 10 ** Math.floor(Math.log10(wanted));
    return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= wanted - 1e-9);
}

// Runs of equal values: [{ value, from, to }], `to` the sample after the last; what is null or false is left out.
export function bands(samples, value_of) {
    const runs = [];
    samples.forEach((sample, index) => {
        const value = value_of(sample);
        if (value === null || value === undefined || value === false) { return; }
        const last = runs[runs.length - 1];
        if (last && last.to === index && last.value === value) { last.to = index + 1; } else { runs.push({ value, from: index, to: index + 1 }); }
    });
    return runs;
}

// An SVG path in a box of `samples.length` by `height`; a sample without a value is a gap.
export function path_of(values, top, height, bottom = 0) {
    let path = "";
    let drawing = false;
    values.forEach((value, index) => {
        if (value === null || value === undefined) {
            drawing = false;
            return;
        }
        const share = Math.min(1, Math.max(0, (value - bottom) / (top - bottom)));
        const y = +(height * (1 - share)).toFixed(2);
        path += drawing ? `H${index}V${y}H${index + 1}` : `M${index} ${y}H${index + 1}`;
        drawing = true;
    });
    return path;
}

export const per_second = (count, interval_ms) =>
    (count === null || count === undefined ? null : (count * 1000) / interval_ms);

// Which of `count` samples lies under this share of the width.
export const sample_at = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
