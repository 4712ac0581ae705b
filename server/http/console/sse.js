// Server-sent events out of a stream of text (WHATWG HTML §9.2.6), for fetch: EventSource cannot send a token.
const max_pending = 1 << 20;  // characters of one event that has no end

export class SseParser {
    #pending = "";
    #event = {};
    lastId = "";

    // The events that this piece completes.
    push(text) {
        const events = [];
        this.#pending += text;
        if (this.#pending.length > max_pending) { throw new Error("an event without an end"); }
        let begin = 0;
        for (;;) {
            const end = this.#end_of_line(begin);
            if (end < 0) { break; }
            this.#take(this.#pending.slice(begin, end), events);
            begin = end + (this.#pending.startsWith("\r\n", end) ? 2 : 1);
        }
        this.#pending = this.#pending.slice(begin);
        return events;
    }

    // A carriage return that is the last character may be half of a line's end.
    #end_of_line(from) {
        for (let at = from; at < this.#pending.length; ++at) {
            if (this.#pending[at] === "\n") { return at; }
            if (this.#pending[at] === "\r") { return at + 1 < this.#pending.length ? at : -1; }
        }
        return -1;
    }

    #take(line, events) {
        if (line === "") {
            if (this.#event.data !== undefined) {
                events.push({ type: this.#event.type || "message", data: this.#event.data, id: this.lastId });
            }
            this.#event = {};
            return;
        }
        const colon = line.indexOf(":");
        if (colon === 0) { return; }  // a comment: the server is alive
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "event") { this.#event.type = value; }
        if (field === "id" && !value.includes("\0")) { this.lastId = value; }
        if (field === "data") {
            this.#event.data = this.#event.data === undefined ? value : `${this.#event.data}\n${value}`;
        }
    }
}
