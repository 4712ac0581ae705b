// The user of this page at the server: connected, registered, connected again when the connection breaks.
import { Inviter, Registerer, UserAgent } from "sip.js";
import { Call } from "./call.js";

const first_wait = 500;  // ms
const longest_wait = 8000;
// The only candidates that are needed are our own: the server's address is in its answers.
const without_servers = { peerConnectionConfiguration: { iceServers: [] }, iceGatheringTimeout: 1000 };

export class Agent {
    // `on`: { state(text, registered), call(call), trouble(text) }
    constructor({ websocket, domain, user, password }, on) {
        this.domain = domain;
        this.on = on;
        this.wait = first_wait;
        this.agent = new UserAgent({
            uri: UserAgent.makeURI(`sip:${encodeURIComponent(user)}@${domain}`),
            authorizationUsername: user,
            authorizationPassword: password,
            transportOptions: { server: websocket },
            sessionDescriptionHandlerFactoryOptions: without_servers,
            logLevel: "warn",
            delegate: {
                onConnect: () => this.register(),
                onDisconnect: (error) => { if (error) { this.reconnect(); } },
                onInvite: (invitation) => on.call(new Call(invitation)),
            },
        });
        this.registerer = new Registerer(this.agent, { expires: 600 });
        addEventListener("pagehide", () => this.stop());
    }

    async start() {
        this.on.state("connecting", false);
        await this.agent.start().catch(() => this.reconnect());
    }

    stop() { return this.agent.stop(); }

    register() {
        this.wait = first_wait;
        return this.registerer.register({ requestDelegate: {
            onAccept: () => this.on.state("registered", true),
            onReject: ({ message }) => {
                this.on.state("not registered", false);
                this.on.trouble(`The server refused to register: ${message.statusCode} ${message.reasonPhrase}`);
            },
        } });
    }

    // Calls live on meanwhile: their media does not go over this connection.
    reconnect() {
        this.on.state("connection lost, trying again", false);
        setTimeout(() => this.agent.reconnect().catch(() => this.reconnect()), this.wait);
        this.wait = Math.min(this.wait * 2, longest_wait);
    }

    uri(target) {
        const text = /^sips?:/.test(target) ? target : `sip:${target.replace(/\s/g, "")}@${this.domain}`;
        const uri = UserAgent.makeURI(text);
        if (!uri) { throw new Error(`“${target}” is nothing that can be called`); }
        return uri;
    }

    call(target, video) {
        const call = new Call(new Inviter(this.agent, this.uri(target)));
        call.invite(video).catch((error) => this.on.trouble(error.message));
        this.on.call(call);
    }
}
