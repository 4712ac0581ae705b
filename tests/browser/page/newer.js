// SIP.js 0.21.
import { Phone } from "/page/phone.js";

const { Inviter, Registerer, SessionState, UserAgent } = window.SIP;

class NewerPhone extends Phone {
    connect({ websocket, domain, user, password, registration = {} }) {
        this.agent = new UserAgent({
            uri: UserAgent.makeURI(`sip:${user}@${domain}`), authorizationUsername: user, authorizationPassword: password,
            transportOptions: { server: websocket }, logLevel: "warn",
            delegate: {
                onInvite: (session) => this.tell("incoming", { call: this.follow(session), from: session.remoteIdentity.uri.user }),
                onConnect: () => this.register(),
                onDisconnect: (error) => { if (error) { this.reconnect(); } },
            },
        });
        this.registerer = new Registerer(this.agent, registration);
        this.agent.start().catch((error) => this.tell("not connected", { cause: error.message }));
    }

    register() {
        return this.registerer.register({ requestDelegate: {
            onAccept: () => this.tell("registered"),
            onReject: ({ message }) => this.tell("not registered", { status: message.statusCode }),
        } });
    }

    reconnect() {
        this.tell("disconnected");
        setTimeout(() => this.agent.reconnect().catch(() => this.reconnect()), 500);
    }

    follow(session) {
        const call = this.add(session);
        session.stateChange.addListener((state) => {
            if (state === SessionState.Established) { this.tell("up", { call }); }
            if (state !== SessionState.Terminated) { return; }
            setTimeout(() => this.tell("over", { call, status: session.refusal }));  // which the library tells afterwards
        });
        session.delegate = {
            onInfo: (info) => {
                this.tell("digit", { call, tone: /Signal=\s*(.)/.exec(info.request.body)?.[1] });
                info.accept();
            },
            onInvite: () => this.tell("reinvite", { call }),
        };
        return call;
    }

    media(video) { return { constraints: { audio: true, video: Boolean(video) } }; }

    call(to, video = false, options = {}) {
        const session = new Inviter(this.agent, UserAgent.makeURI(this.target(to)));
        const call = this.follow(session);
        session.invite({
            sessionDescriptionHandlerOptions: this.media(video), ...options,
            requestDelegate: {
                onProgress: ({ message }) => this.tell("progress", { call, status: message.statusCode }),
                onReject: ({ message }) => { session.refusal = message.statusCode; },
            },
        });
        return call;
    }
    answer(call, video = false) { return this.session(call).accept({ sessionDescriptionHandlerOptions: this.media(video) }); }
    refuse(call, status) { return this.session(call).reject({ statusCode: status }); }
    cancel(call) { return this.session(call).cancel(); }
    async bye(call) { await this.session(call).bye(); }

    async reinvite(call, sessionDescriptionHandlerOptions, more = {}) {
        await this.session(call).invite({
            sessionDescriptionHandlerOptions, ...more,
            requestDelegate: { onReject: ({ message }) => this.tell("refused", { call, status: message.statusCode }) },
        });
    }
    hold(call, seconds) { return this.changed(call, () => this.reinvite(call, { hold: true }), seconds); }
    resume(call) { return this.changed(call, () => this.reinvite(call, { hold: false })); }
    addVideo(call) { return this.changed(call, () => this.reinvite(call, this.media(true))); }
    restartIce(call) { return this.changed(call, () => this.reinvite(call, { offerOptions: { iceRestart: true } })); }
    offerless(call) { return this.reinvite(call, {}, { withoutSdp: true }); }
    digit(call, tone, how = "info") {
        if (how === "rtp") { return this.session(call).sessionDescriptionHandler.sendDtmf(tone); }
        const body = { contentDisposition: "render", contentType: "application/dtmf-relay", content: `Signal=${tone}\r\nDuration=160` };
        this.session(call).info({ requestOptions: { body } });
    }
    transfer(call, to) { this.session(call).refer(UserAgent.makeURI(this.target(to))); }
    transferTo(call, other) { this.session(call).refer(this.session(other)); }
    breakConnection() { this.agent.transport.ws.close(); }
}

export const phone = new NewerPhone();
