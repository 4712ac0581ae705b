// SIP.js 0.9 and 0.13.
import { Phone } from "/page/phone.js";

const SIP = window.SIP;
const is_first = SIP.version.startsWith("0.9");

class OlderPhone extends Phone {
    connect({ websocket, domain, user, password }) {
        const server = { wsServers: [websocket] };
        this.agent = new SIP.UA({
            uri: `${user}@${domain}`, authorizationUser: user, password, register: true, traceSip: false,
            log: { builtinEnabled: true, level: "warn" },
            ...server, transportOptions: { ...server, traceSip: false, reconnectionTimeout: 1, maxReconnectionAttempts: 20 },
        });
        this.agent.on("registered", () => this.tell("registered"));
        this.agent.on("registrationFailed", (response, cause) =>
            this.tell("not registered", { status: response?.statusCode ?? response?.status_code, cause: String(cause) }));
        this.agent.on("invite", (session) => this.tell("incoming", { call: this.follow(session), from: session.remoteIdentity.uri.user }));
        if (!is_first) { this.agent.start?.(); }
    }

    follow(session) {
        const call = this.add(session);
        const status = (response) => response?.statusCode ?? response?.status_code;
        session.on("progress", (response) => this.tell("progress", { call, status: status(response) }));
        session.on("accepted", () => this.tell("up", { call }));
        session.on("terminated", (message, cause) => this.tell("over", { call, status: status(message), cause: String(cause ?? "") }));
        session.on("reinvite", () => this.tell("reinvite", { call }));
        session.on("renegotiationError", (error) => this.tell("refused", { call, cause: error.message }));
        session.on("dtmf", (request, tone) => this.tell("digit", { call, tone: tone?.tone ?? request?.tone }));
        return call;
    }

    media(video) { return { constraints: { audio: true, video: Boolean(video) } }; }

    call(to, video = false, options = {}) {
        return this.follow(this.agent.invite(this.target(to), { sessionDescriptionHandlerOptions: this.media(video), ...options }));
    }
    answer(call, video = false) { this.session(call).accept({ sessionDescriptionHandlerOptions: this.media(video) }); }
    refuse(call, status) { this.session(call).reject({ statusCode: status }); }
    cancel(call) { this.session(call).cancel(); }
    bye(call) { this.session(call).bye(); }
    hold(call, seconds) { return this.changed(call, () => this.session(call).hold(), seconds); }
    // It believes that it holds, also where it has asked for nothing because another change was open.
    forget_hold(call) { this.session(call).local_hold = this.session(call).localHold = false; }
    resume(call) { return this.changed(call, () => this.session(call).unhold()); }
    addVideo(call) { return this.changed(call, () => this.session(call).reinvite({ sessionDescriptionHandlerOptions: this.media(true) })); }
    digit(call, tone) { this.session(call).dtmf(tone); }
    transfer(call, to) { this.session(call).refer(this.target(to)); }
    transferTo(call, other) { this.session(call).refer(this.session(other)); }
    breakConnection() { this.agent.transport.ws.close(); }
}

export const phone = new OlderPhone();
