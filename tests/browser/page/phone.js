// What all phones of the tests have in common, whatever library is in them: calls by number, events that are waited for,
// changes that are done when the connection is stable again.
import { Senses, hear_level, measure } from "/page/senses.js";

export class Phone {
    calls = [];      // sessions of the library
    events = [];     // { name, call, … } that nobody has taken
    waiting = new Set();
    senses = new Senses();

    async start(options) {
        window.mouth.use(options);
        window.mouth.on_connection = (connection) => this.senses.listen(connection);
        this.options = options;
        await this.senses.start(options.spectrum);
        if (options.websocket) { this.connect(options); }
    }

    tell(name, detail = {}) {
        this.events.push({ name, ...detail });
        for (const check of this.waiting) { check(); }
    }

    // Takes the first event of the name.
    wait(name, seconds) {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
                this.waiting.delete(check);
                reject(new Error(`no ${name} within ${seconds} s, but ${JSON.stringify(this.events)}`));
            }, 1000 * seconds);
            const check = () => {
                const at = this.events.findIndex((event) => event.name === name);
                if (at < 0) { return; }
                clearTimeout(timer);
                this.waiting.delete(check);
                resolve(this.events.splice(at, 1)[0]);
            };
            this.waiting.add(check);
            check();
        });
    }

    add(session) { return this.calls.push(session) - 1; }
    session(call = -1) { return this.calls.at(call); }
    connection(call = -1) { return this.session(call).sessionDescriptionHandler.peerConnection; }
    target(to) { return to.startsWith("sip:") ? to : `sip:${to}@${this.options.domain}`; }

    // The offer of `start` is made, and answered.
    changed(call, start, seconds = 8) {
        const connection = this.connection(call);
        return new Promise((resolve, reject) => {
            let offered = false;
            const done = (end, value) => {
                clearTimeout(timer);
                connection.removeEventListener("signalingstatechange", on_change);
                end(value);
            };
            const on_change = () => {
                offered ||= connection.signalingState === "have-local-offer";
                if (offered && connection.signalingState === "stable") { done(resolve); }
            };
            const timer = setTimeout(() => done(reject, new Error(`no answer in ${seconds} s, the connection is ` +
                `${connection.signalingState}; ${JSON.stringify(this.events)}`)), 1000 * seconds);
            connection.addEventListener("signalingstatechange", on_change);
            Promise.resolve(start()).catch((error) => done(reject, error));
        });
    }

    // Two connections of this page, one to the other.
    async talk_to_itself() {
        const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
        near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
        far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
        const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
        for (const track of media.getTracks()) { near.addTrack(track, media); }
        await near.setLocalDescription();
        await far.setRemoteDescription(near.localDescription);
        await far.setLocalDescription();
        await near.setRemoteDescription(far.localDescription);
    }

    // Pressed again as long as the library has another change open.
    async holdAtLast(call) {
        for (let tries = 0; ; ++tries) {
            try { return await this.hold(call, 2); } catch (error) { if (tries === 5) { throw error; } }
            this.forget_hold(call);
            await new Promise((later) => setTimeout(later, 200));
        }
    }

    forget_hold() {}

    async answerNext(seconds) {
        const { call } = await this.wait("incoming", seconds);
        await this.answer(call);
    }

    // When it was done, in ms of the wall clock.
    async done_at(method, ...given) {
        await this[method](...given);
        return Date.now();
    }

    hear(...given) { return this.senses.hear(...given); }
    heard_at(...given) { return this.senses.heard_at(...given); }
    listen_for(frames) { return this.senses.listen_for(frames); }
    mark() { return this.senses.labels.length; }
    summary(from) { return this.senses.summary(from); }
    see(colour, seconds) { return this.senses.see(colour, seconds); }
    hear_level(seconds) { return hear_level(seconds); }
    measure() { return measure(); }
    answered(method) { return window.mouth.answered.filter((one) => one.method === method); }
}
