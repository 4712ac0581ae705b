// Rows that keep their places while somebody is about to take one.

// `shown`: the ids of the rows as they stand; `rows`: those there are now, in their order. What ended is gone, what came
// since waits.
export function kept_in_place(shown, rows) {
    const now = new Map(rows.map((row) => [row.id, row]));
    const kept = shown.filter((id) => now.has(id)).map((id) => now.get(id));
    return { rows: kept, waiting: rows.length - kept.length };
}

// Where a step leads from the row that is selected (`at`, -1: it is gone), or from where it was last (-1: nowhere). The
// one after a row that is gone has taken its place.
export function index_after(step, at, last, count) {
    const from = at >= 0 ? at : last >= 0 ? last - (step > 0 ? 1 : 0) : step < 0 ? count : -1;
    return Math.max(0, Math.min(count - 1, from + step));
}
