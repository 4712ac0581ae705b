// The server in one line: how it is, since when, how much it does; its drain and reload.
import { ask, get, Problem } from "./api.js";
import { confirm_dialog, tell } from "./dialogs.js";
import { by_id, put_attribute, put_text } from "./dom.js";
import { server_clock } from "./server_clock.js";
import { clock, count, decimal, long_duration, zone } from "./text.js";

const refresh_ms = 5000;
const link_words = { connecting: "connecting", live: "live", lost: "disconnected" };

export class Strip {
    #status = null;
    #told = null;  // when the refused reload was that the reader was told of

    constructor(live) {
        this.live = live;
        by_id("drain").addEventListener("click", () => this.#drain());
        by_id("reload").addEventListener("click", () => this.#reload());
        live.addEventListener("link", ({ detail }) => {
            put_text(by_id("lost"), `Disconnected${detail.why ? ` (${detail.why})` : ""}: what is shown is what was known last. Trying again.`);
            this.#show();
        });
        live.addEventListener("calls", () => this.#show_soon());
        live.addEventListener("server", ({ detail }) => this.#on_event(detail));
        setInterval(() => this.#show(), 1000);
        this.#ask();
    }

    async #ask() {
        try {
            await this.#read_status();
            this.#tell_refusal();
        } catch {
            // The link says that the server is away.
        }
        this.#show();
        setTimeout(() => this.#ask(), refresh_ms);
    }

    async #read_status() {
        const asked = Date.now();
        const status = await get("/api/v1/status");
        server_clock.note(status, asked, Date.now());
        this.#status = { ...status, asked };
    }

    // By whomever it was asked for, and once; from then on it stands beside the date of the configuration.
    #tell_refusal() {
        const refused = this.#status.config?.refused;
        if (!refused || refused.at === this.#told) { return; }
        this.#told = refused.at;
        this.#show_refusal(null, refused.errors);
    }

    #show_soon() {
        if (this.soon) { return; }
        this.soon = true;
        requestAnimationFrame(() => {
            this.soon = false;
            this.#show();
        });
    }

    #show() {
        const { link, calls } = this.live;
        put_text(by_id("link"), link_words[link]);
        put_attribute(by_id("link"), "data-tone", link);
        put_text(by_id("up"), count(calls.size));
        put_text(by_id("rate"), decimal(this.live.rate(), 1));
        put_text(by_id("zone"), zone());
        by_id("lost").hidden = link !== "lost";
        const status = this.#status;
        if (!status) { return; }
        put_text(by_id("server"), status.name);
        put_text(by_id("version"), status.version);
        put_text(by_id("uptime"), long_duration(status.uptime_seconds + (Date.now() - status.asked) / 1000));
        by_id("draining").hidden = status.state !== "draining";
        by_id("overload").hidden = !status.overload;
        by_id("drain").disabled = status.state === "draining";
        const loaded = status.config?.loaded ?? status.config_loaded ?? status.started;
        const refused = Boolean(status.config?.refused);
        put_text(by_id("config"), clock(loaded, true).slice(5, -3) + (refused ? ", reload refused" : ""));
        put_attribute(by_id("config"), "data-tone", refused ? "refused" : "good");
    }

    #on_event({ type, errors, detail }) {
        if (type === "server.draining" && this.#status) { this.#status.state = "draining"; }
        if (type === "server.reloaded") { tell("done", "The configuration was reloaded."); }
        if (type === "server.reload_refused") { this.#on_refusal(detail, errors); }
        this.#show_soon();
    }

    #show_refusal(detail, errors) {
        tell("error", `The last reload was refused: ${detail ?? "the configuration has errors; the old one stays in use"}`, errors ?? []);
    }

    async #on_refusal(detail, errors) {
        this.#show_refusal(detail, errors);
        try {
            await this.#read_status();
            this.#told = this.#status.config?.refused?.at ?? this.#told;
        } catch {
            // It is asked again soon.
        }
        this.#show();
    }

    async #drain() {
        const agreed = await confirm_dialog("Drain this server?", "It takes no new calls and leaves when the last one has ended. This cannot be undone.", "Drain");
        if (agreed) { await this.#order("/api/v1/drain", "It drains: new calls get 503."); }
    }

    async #reload() {
        const agreed = await confirm_dialog("Reload the configuration?", "It is checked first; calls that are up keep what they have.", "Reload");
        if (agreed) { await this.#order("/api/v1/reload", "The configuration was reloaded."); }
    }

    async #order(path, words) {
        try {
            await ask(path, { method: "POST" });
            tell("done", words);
            await this.#read_status();
            if (path.endsWith("/drain")) { this.#status.state = "draining"; }  // it is about to
            this.#show();
        } catch (error) {
            if (error instanceof Problem && error.status === 422) { return this.#on_refusal(error.message, error.errors); }
            tell("error", error.message);
        }
    }
}
