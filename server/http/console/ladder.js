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

const telling = new RegExp("refused|did not|could not|cannot(?! now)|ends the call|no route|kept|stay as they were"
    + "|nothing came|silent|handshake|took its");
const healing = /kept|stay as they were/;
const left = /^A (gave up before an answer|hung up)$/;

// What was refused while others were still tried is no reason for anything once one has answered.
const is_of_set_up = (ladder, entry) => Boolean(ladder.answered) && Date.parse(entry.time) <= Date.parse(ladder.answered);
const is_refusal = (entry) => entry.kind === "message" && /^[3-6]\d\d /.test(entry.text);
// A challenge, and what answers an INVITE that was cancelled: neither says why.
const says_nothing = (entry) => /^(401|407|487) /.test(entry.text);
const name_of = (side) => ({ a: "A", b: "B" })[side] ?? "the other end";

// Of a caller who left before an answer this is the reason, whatever was refused until then.
function reason_of(ladder, decisions) {
    const main = decisions.filter((entry) => telling.test(entry.text) && !is_of_set_up(ladder, entry)).at(-1);
    const gone = ladder.answered ? undefined : decisions.find((entry) => left.test(entry.text));
    if (gone && (!main || gone.number > main.number)) { return { tone: "fine", text: gone.text, time: gone.time }; }
    return main && { tone: healing.test(main.text) ? "healed" : "failed", text: main.text, time: main.time };
}

function refusal_of(ladder) {
    if (ladder.answered || !ladder.ended) { return undefined; }
    const last = ladder.entries.filter((entry) => is_refusal(entry) && !says_nothing(entry)).at(-1);
    const verb = last?.direction === "in" ? "refused" : "was refused";
    return last && { tone: "failed", text: `${name_of(last.side)} ${verb} with ${last.text}`, time: last.time };
}

function end_of(ladder) {
    const said = ladder.entries.filter((entry) => entry.kind === "message" && entry.direction === "in");
    const bye = said.find((entry) => /^(BYE|CANCEL)/.test(entry.text));
    const verb = bye?.text.startsWith("BYE") ? "hung up" : "gave up before an answer";
    return bye && { tone: "fine", text: `${name_of(bye.side)} ${verb}`, time: bye.time };
}

// The sentence that says why the call is as it is, and what led there.
export function verdict(ladder) {
    const decisions = ladder.entries.filter((entry) => entry.kind === "decision");
    const last = decisions.at(-1);
    const found = reason_of(ladder, decisions) ?? refusal_of(ladder) ?? end_of(ladder)
        ?? { tone: "fine", text: last?.text ?? "nothing was decided yet", time: last?.time ?? ladder.started };
    return { ...found, reasons: decisions.filter((entry) => telling.test(entry.text)) };
}
