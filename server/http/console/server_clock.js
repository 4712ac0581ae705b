// The server's time, as far as its answers tell: durations must not show by how much the reader's clock is wrong.
// What it says is cut to whole seconds, and was said between question and answer: each answer narrows the difference down.
export class ServerClock {
    #least = -Infinity;
    #most = Infinity;

    // `status`: as the API has it; `asked`, `answered`: by the reader's clock.
    note({ started, uptime_seconds }, asked, answered) {
        const said = Date.parse(started) + uptime_seconds * 1000;
        const [least, most] = [said - answered, said + 1000 - asked];
        const is_set_anew = least > this.#most || most < this.#least;
        this.#least = is_set_anew ? least : Math.max(least, this.#least);
        this.#most = is_set_anew ? most : Math.min(most, this.#most);
    }

    now() {
        const is_known = Number.isFinite(this.#least);
        return Date.now() + (is_known ? Math.round((this.#least + this.#most) / 2) : 0);
    }
}

export const server_clock = new ServerClock();
