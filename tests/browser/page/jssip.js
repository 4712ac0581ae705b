// JsSIP, which no test is written for: what works with SIP.js works with it.
import { Phone } from "/page/phone.js";

const { UA, WebSocketInterface } = window.JsSIP;

class JsSipPhone extends Phone {
    connect({ websocket, domain, user, password }) {
        this.agent = new UA({
            sockets: [new WebSocketInterface(websocket)], uri: `sip:${user}@${domain}`, authorization_user: user, password,
            session_timers: false,
        });
        this.agent.on("registered", () => this.tell("registered"));
        this.agent.on("registrationFailed", ({ response }) => this.tell("not registered", { status: response?.status_code }));
        this.agent.on("newRTCSession", ({ originator, session }) => {
            if (originator === "remote") { this.tell("incoming", { call: this.follow(session), from: session.remote_identity.uri.user }); }
        });
        this.agent.start();
    }

    connection(call = -1) { return this.session(call).connection; }

    follow(session) {
        const call = this.add(session);
        session.on("progress", ({ response }) => this.tell("progress", { call, status: response?.status_code }));
        session.on("accepted", () => this.tell("up", { call }));
        for (const end of ["ended", "failed"]) {
            session.on(end, ({ message, cause }) => this.tell("over", { call, status: message?.status_code, cause }));
        }
        session.on("reinvite", () => this.tell("reinvite", { call }));
        session.on("newDTMF", ({ originator, dtmf }) => {
            if (originator === "remote") { this.tell("digit", { call, tone: dtmf.tone }); }
        });
        return call;
    }

    media(video) { return { mediaConstraints: { audio: true, video: Boolean(video) }, pcConfig: { iceServers: [] } }; }

    call(to, video = false) { return this.follow(this.agent.call(this.target(to), this.media(video))); }
    answer(call, video = false) { this.session(call).answer(this.media(video)); }
    refuse(call, status) { this.session(call).terminate({ status_code: status }); }
    cancel(call) { this.session(call).terminate(); }
    bye(call) { this.session(call).terminate(); }
    hold(call) { return this.changed(call, () => void this.session(call).hold()); }
    resume(call) { return this.changed(call, () => void this.session(call).unhold()); }
    digit(call, tone) { this.session(call).sendDTMF(tone, { transportType: "INFO" }); }
    transfer(call, to) { this.session(call).refer(this.target(to)); }
}

export const phone = new JsSipPhone();
