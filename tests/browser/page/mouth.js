// What this page says and shows instead of a microphone and a camera, every peer connection that it has, and how soon its
// requests are answered. A classic script in front of the libraries: they keep what they find.
window.mouth = (() => {
    const peak = 12000 / 32768;
    const context = new AudioContext({ sampleRate: 48000 });
    const connections = [];
    let voice;    // frequencies
    let colour;
    let firewall;  // [address, port]

    function speak() {
        const out = context.createMediaStreamDestination();
        for (const frequency of voice) {
            const oscillator = new OscillatorNode(context, { frequency });
            oscillator.connect(new GainNode(context, { gain: peak / voice.length })).connect(out);
            oscillator.start();
        }
        return out.stream.getAudioTracks();
    }

    function show() {
        const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
        const pen = canvas.getContext("2d");
        let tick = 0;
        setInterval(() => {
            pen.fillStyle = colour;
            pen.fillRect(0, 0, canvas.width, canvas.height);
            pen.fillStyle = "white";
            pen.fillRect(tick++ % canvas.width, 110, 10, 10);
        }, 100);
        return canvas.captureStream(10).getVideoTracks();
    }

    navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
        new MediaStream([...(audio ? speak() : []), ...(video ? show() : [])]);

    // What the other side's candidates are behind a firewall: those of UDP lead nowhere, TCP leads through it.
    function behind(description) {
        if (!firewall || !description?.sdp) { return description; }
        const sdp = description.sdp.replace(/^a=candidate:\S+ \d+ udp .*\r\n/gim, "")
            .replace(/^(a=candidate:\S+ \d+ tcp \d+) \S+ \d+/gim, `$1 ${firewall.join(" ")}`);
        return { type: description.type, sdp };
    }

    // No server is asked for our address.
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration) {
            super({ ...configuration, iceServers: [] });
            connections.push(this);
            mouth.on_connection(this);
        }
        setRemoteDescription(description, ...more) { return super.setRemoteDescription(behind(description), ...more); }
    };

    // When each request of this page left and its final response came.
    const asked = new Map();   // "1 INVITE" of a call → ms
    const answered = [];       // { method, status, at: ms of the wall clock, milliseconds: until its answer }
    const cseq_of = (text) => `${/^Call-ID: *(.*)$/im.exec(text)?.[1]} ${/^CSeq: *(.*)$/im.exec(text)?.[1]}`;
    function note_answer(text) {
        const [, status] = /^SIP\/2\.0 ([2-6]\d\d)/.exec(text) ?? [];
        const key = cseq_of(text);
        if (!status || !asked.has(key)) { return; }
        const [at, milliseconds] = [performance.timeOrigin + asked.get(key), performance.now() - asked.get(key)];
        answered.push({ method: key.split(" ").at(-1), status: Number(status), at, milliseconds });
        asked.delete(key);
    }
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", ({ data }) => note_answer(String(data)));
        }
        send(data) {
            if (/^[A-Z]+ sips?:/.test(data)) { asked.set(cseq_of(data), performance.now()); }
            super.send(data);
        }
    };

    const mouth = {
        context, connections, answered,
        on_connection() {},
        use(options) { [voice, colour, firewall] = [options.voice, options.colour, options.firewall]; },
    };
    return mouth;
})();
