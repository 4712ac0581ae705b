// A call's record as a ladder: rows between the lanes of A, holdfast and B, and what each of both hears meanwhile.
// "a", "music_a" and "target_a" stand at the side of A.
const lane_of = (side) => (side ? side.slice(-1) : null);

function guest_of(side) {
    if (side?.startsWith("target")) { return "transfer target"; }
    return side?.startsWith("music") ? "music server" : "";
}

function tone_of(text) {
    const status = /^(\d)\d\d\b/.exec(text);
    if (!status) { return "request"; }
    return { 1: "provisional", 2: "success", 3: "redirect" }[status[1]] ?? "failure";
}

// Of the sentences of the record: what a peer is to hear, and when its music really began. What is heard "while" the other
// end is silent has not begun by that.
const heard = /^([AB]) hears (.*)$/;
const began = /^music to ([AB]) (starts|stops)/;

function music_after(music, entry) {
    const [, to, what] = (entry.kind === "media" && began.exec(entry.text)) || [];
    if (to) { return { ...music, [to.toLowerCase()]: what === "starts" }; }
    const [, who, source] = (entry.kind === "media" && heard.exec(entry.text)) || [];
    return who && !/ while /.test(source) ? { ...music, [who.toLowerCase()]: /^(music|the music server)/.test(source) } : music;
}

// rows: { number, kind, at, since, lane, rightwards, title, cseq, sdp, why, tone, guest, music: { a, b }, gap }
export function ladder_rows(ladder) {
    const start = Date.parse(ladder.started);
    let music = { a: false, b: false };
    let previous = 0;
    return ladder.entries.map((entry) => {
        music = music_after(music, entry);
        const left_out = entry.number - previous - 1;
        previous = entry.number;
        const row = { number: entry.number, kind: entry.kind, at: entry.time, since: Date.parse(entry.time) - start,
            title: entry.text, music, gap: left_out, lane: lane_of(entry.side) };
        if (entry.kind !== "message") { return row; }
        const inwards = entry.direction === "in";
        return { ...row, rightwards: (row.lane === "a") === inwards, cseq: entry.cseq ?? "", sdp: entry.sdp ?? "",
            why: entry.why ?? "", tone: tone_of(entry.text), guest: guest_of(entry.side), whole: Boolean(entry.message) };
    });
}

// Neighbouring rows of music at one side: [{ lane, from, to }], both rows included.
export function music_spans(rows) {
    const spans = [];
    for (const lane of ["a", "b"]) {
        rows.forEach((row, index) => {
            if (!row.music[lane]) { return; }
            const last = spans[spans.length - 1];
            if (last?.lane === lane && last.to === index - 1) { last.to = index; } else { spans.push({ lane, from: index, to: index }); }
        });
    }
    return spans;
}

const telling = /refused|did not|could not|cannot|ends the call|no route|kept|stay as they were|nothing came|silent|handshake|took its/;

// The sentence that says why the call is as it is, and what led there.
export function verdict(ladder) {
    const decisions = ladder.entries.filter((entry) => entry.kind === "decision");
    const reasons = decisions.filter((entry) => telling.test(entry.text));
    const refusals = ladder.entries.filter((entry) => entry.kind === "message" && /^[3-6]\d\d /.test(entry.text)
        && !/^(401|407) /.test(entry.text));
    const main = reasons[reasons.length - 1] ?? null;
    if (main) { return { tone: /kept|stay/.test(main.text) && !ladder.ended ? "healed" : "failed", text: main.text, time: main.time, reasons }; }
    if (!ladder.answered && ladder.ended && refusals.length) {
        const last = refusals[refusals.length - 1];
        const who = { a: "A", b: "B" }[last.side] ?? "the other end";
        const words = last.direction === "in" ? `${who} refused with ${last.text}` : `${who} was refused with ${last.text}`;
        return { tone: "failed", text: words, time: last.time, reasons };
    }
    const bye = ladder.entries.find((entry) => entry.kind === "message" && entry.direction === "in" && /^(BYE|CANCEL)/.test(entry.text));
    if (bye) {
        const who = { a: "A", b: "B" }[bye.side] ?? "the other end";
        const words = bye.text.startsWith("BYE") ? `${who} hung up` : `${who} gave up before an answer`;
        return { tone: "fine", text: words, time: bye.time, reasons };
    }
    const last = decisions[decisions.length - 1];
    return { tone: "fine", text: last?.text ?? "nothing was decided yet", time: last?.time ?? ladder.started, reasons };
}
