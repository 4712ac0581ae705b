// One call: a session of SIP.js, what may be done with it, and what can be said of it.
import { Invitation, SessionState } from "sip.js";

export class Call extends EventTarget {
    constructor(session) {
        super();
        this.session = session;
        this.incoming = session instanceof Invitation;
        this.held = false;  // by this side
        this.muted = false;
        this.video = false;
        this.busy = false;  // a change is being agreed
        this.note = "";
        session.stateChange.addListener((state) => this.on_state(state));
        session.delegate = { onInvite: () => this.changed(), onAck: () => this.changed() };
    }

    get peer() {
        const { displayName, uri } = this.session.remoteIdentity;
        return displayName || uri.user || uri.toString();
    }
    get handler() { return this.session.sessionDescriptionHandler; }
    get connection() { return this.handler?.peerConnection; }
    get rings() { return this.incoming && this.session.state === SessionState.Initial; }
    get up() { return this.session.state === SessionState.Established; }
    get over() { return this.session.state === SessionState.Terminated; }
    get heldByPeer() {
        const audio = this.connection?.getTransceivers().find(({ receiver }) => receiver.track.kind === "audio");
        return this.up && !this.held && audio?.currentDirection != null && !audio.currentDirection.includes("send");
    }
    get hasPicture() {
        return Boolean(this.connection?.getTransceivers().some(({ receiver, currentDirection }) =>
            receiver.track.kind === "video" && currentDirection?.includes("recv")));
    }
    get words() {
        if (this.over) { return this.note || "ended"; }
        if (this.rings) { return "is calling you"; }
        if (!this.up) { return this.session.state === SessionState.Terminating ? "ending" : this.note || "calling"; }
        if (this.busy) { return "one moment"; }  // its buttons wait
        if (this.held) { return "on hold"; }
        return this.note || (this.heldByPeer ? "held by the other side" : "talking");
    }

    changed() { this.dispatchEvent(new Event("change")); }

    on_state(state) {
        if (state === SessionState.Established) {
            this.note = "";
            this.connection.addEventListener("signalingstatechange", () => this.changed());
        }
        this.changed();
    }

    options() { return { hold: this.held, constraints: { audio: true, video: this.video } }; }

    async invite(video) {
        this.video = video;
        const said = ({ message }) => { this.note = `${message.statusCode} ${message.reasonPhrase}`; this.changed(); };
        await this.session.invite({
            sessionDescriptionHandlerOptions: this.options(),
            requestDelegate: { onProgress: said, onReject: said },
        });
    }

    async answer(video = false) {
        this.video = video;
        await this.session.accept({ sessionDescriptionHandlerOptions: this.options() });
    }

    async hangUp() {
        if (this.up) { return this.session.bye(); }
        return this.incoming ? this.session.reject() : this.session.cancel();
    }

    async hold() { await this.change({ held: !this.held }); }
    async addVideo() { await this.change({ video: true }); }

    // A re-INVITE; refused, the call goes on as it was.
    async change(wanted) {
        const before = { held: this.held, video: this.video };
        this.busy = true;
        Object.assign(this, wanted);
        this.changed();
        const accepted = await new Promise((resolve, reject) => {
            const requestDelegate = { onAccept: () => resolve(true), onReject: () => resolve(false) };
            this.session.invite({ sessionDescriptionHandlerOptions: this.options(), requestDelegate }).catch(reject);
        }).finally(() => { this.busy = false; this.changed(); });
        if (accepted) { return; }
        Object.assign(this, before);
        this.changed();
        throw new Error("The other side refused the change.");
    }

    mute() {
        this.muted = !this.muted;
        for (const { track } of this.connection.getSenders()) {
            if (track?.kind === "audio") { track.enabled = !this.muted; }
        }
        this.changed();
    }

    digit(tone) {
        if (!this.handler.sendDtmf(tone)) { throw new Error("No tone can be sent now."); }
    }

    // To an address, or to the peer of another call (attended).
    async transfer(target) {
        await this.session.refer(target instanceof Call ? target.session : target, {
            onNotify: (notification) => {
                notification.accept();
                this.note = `transfer: ${notification.request.body.replace(/^SIP\/2.0 /, "").trim()}`;
                this.changed();
            },
        });
        this.note = "transferring";
        this.changed();
    }
}
