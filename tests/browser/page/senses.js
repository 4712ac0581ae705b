// What a person at this page hears and sees: every remote track, as an application plays it.
const { context, connections } = window.mouth;
const frame = 20;  // ms

export class Senses {
    labels = [];  // of each 20 ms since start
    waiting = new Set();
    heard_tracks = new Set();

    async start(spectrum) {
        await context.audioWorklet.addModule("/page/ear_worklet.js");
        this.ear = new AudioWorkletNode(context, "ear", { processorOptions: spectrum, channelCount: 1, channelCountMode: "explicit" });
        this.ear.port.onmessage = ({ data }) => {
            this.labels.push(data);
            for (const check of this.waiting) { check(); }
        };
        this.ear.connect(context.destination);  // of what is not connected nothing is processed
        await context.resume();
    }

    // A remote stream is heard by WebAudio only while an element plays it.
    listen(connection) {
        connection.addEventListener("track", ({ track }) => {
            if (this.heard_tracks.has(track)) { return; }
            this.heard_tracks.add(track);
            const stream = new MediaStream([track]);
            const element = document.createElement(track.kind);
            Object.assign(element, { muted: true, autoplay: true, srcObject: stream });
            document.body.append(element);
            if (track.kind === "audio") { context.createMediaStreamSource(stream).connect(this.ear); }
            if (track.kind === "video") { this.screen = element; }
        });
    }

    // Once `frames` together are `label`, counted from now or from a mark.
    hear(label, frames, seconds, from = this.labels.length) {
        return new Promise((resolve, reject) => {
            let [at, run] = [from, 0];
            const check = () => {
                for (; at < this.labels.length && run < frames; ++at) { run = this.labels[at] === label ? run + 1 : 0; }
                if (run >= frames) { done(resolve, (at - from) * frame); }
            };
            const done = (end, value) => {
                clearTimeout(timer);
                this.waiting.delete(check);
                end(value);
            };
            const timer = setTimeout(() => done(reject,
                new Error(`not ${frames} frames of ${label} in ${seconds} s: ${this.summary(from)}`)), 1000 * seconds);
            this.waiting.add(check);
            check();
        });
    }

    // When the first of so many frames was heard, in ms of the wall clock.
    async heard_at(label, frames, seconds) {
        await this.hear(label, frames, seconds);
        return Date.now() - (frames - 1) * frame;
    }

    // The labels of so many frames from now on.
    listen_for(frames) {
        const from = this.labels.length;
        return new Promise((resolve) => {
            const check = () => {
                if (this.labels.length < from + frames) { return; }
                this.waiting.delete(check);
                resolve(this.labels.slice(from, from + frames));
            };
            this.waiting.add(check);
        });
    }

    summary(from) {
        const runs = [];
        for (const label of this.labels.slice(from)) {
            if (runs.at(-1)?.[0] === label) { ++runs.at(-1)[1]; } else { runs.push([label, 1]); }
        }
        return runs.map(([label, count]) => `${label}×${count}`).join(" ");
    }

    see(colour, seconds) {
        const end = Date.now() + 1000 * seconds;
        return new Promise((resolve, reject) => {
            const look = () => {
                if (this.colour() === colour) { return resolve(); }
                if (Date.now() > end) { return reject(new Error(`no ${colour} picture in ${seconds} s, but ${this.colour()}`)); }
                setTimeout(look, frame);
            };
            look();
        });
    }

    // The colour of the picture's middle.
    colour() {
        const canvas = Object.assign(document.createElement("canvas"), { width: 3, height: 3 });
        if (!this.screen?.videoWidth) { return "none"; }
        const pen = canvas.getContext("2d");
        pen.drawImage(this.screen, 0, 0, 3, 3);
        const [red, green, blue] = pen.getImageData(1, 1, 1, 1).data;
        if (Math.max(red, green, blue) < 60) { return "black"; }
        return red > 2 * Math.max(green, blue) ? "red" : blue > 2 * Math.max(red, green) ? "blue" : `${red} ${green} ${blue}`;
    }
}

// The level that packets of sound say (RFC 6464), once one is no silence. A browser makes none up where they say none.
export async function hear_level(seconds) {
    const receiver = connections.at(-1).getReceivers().find(({ track }) => track.kind === "audio");
    const end = Date.now() + 1000 * seconds;
    for (;;) {
        const level = receiver.getSynchronizationSources()[0]?.audioLevel ?? 0;
        if (level > 0) { return level; }
        if (Date.now() > end) { throw new Error(`no level in ${seconds} s`); }
        await new Promise((later) => setTimeout(later, frame));
    }
}

// Of the newest connection: numbers of getStats(), and what was agreed.
export async function measure() {
    const connection = connections.at(-1);
    const reports = [...(await connection.getStats()).values()];
    const sum = (type, kind, name) => reports.filter((one) => one.type === type && one.kind === kind)
        .reduce((total, one) => total + (one[name] ?? 0), 0);
    const codecs = reports.filter((one) => one.type === "inbound-rtp").map(({ codecId }) =>
        reports.find(({ id }) => id === codecId)?.mimeType);
    const pair = reports.find(({ id }) => id === reports.find(({ type }) => type === "transport")?.selectedCandidatePairId);
    const extensions = connection.getTransceivers().map(({ receiver }) =>
        [receiver.track.kind, receiver.getParameters().headerExtensions.map(({ uri }) => uri)]);
    return {
        connections: connections.length,
        protocol: reports.find(({ id }) => id === pair?.remoteCandidateId)?.protocol,
        state: connection.connectionState,
        signaling: connection.signalingState,
        directions: connection.getTransceivers().map(({ currentDirection }) => currentDirection),
        dtls: reports.find(({ type }) => type === "transport")?.dtlsState,
        codecs,
        extensions: Object.fromEntries(extensions),
        availableOutgoingBitrate: Math.max(0, ...reports.map((one) => one.availableOutgoingBitrate ?? 0)),
        received: sum("inbound-rtp", "audio", "packetsReceived"),
        lost: sum("inbound-rtp", "audio", "packetsLost"),
        sent: sum("outbound-rtp", "audio", "packetsSent"),
        framesDecoded: sum("inbound-rtp", "video", "framesDecoded"),
        framesSent: sum("outbound-rtp", "video", "framesSent"),
    };
}
