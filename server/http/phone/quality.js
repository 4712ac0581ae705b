// What getStats() says of a call's audio, in words.

const percent = (part, whole) => `${(100 * part / Math.max(1, whole)).toFixed(1)} % lost`;
const milliseconds = (seconds, what) => `${Math.round(1000 * seconds)} ms ${what}`;

export async function quality(connection) {
    const reports = [...(await connection.getStats()).values()];
    const received = reports.find(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
    const pair = reports.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
    if (!received) { return ""; }
    const codec = reports.find(({ id }) => id === received.codecId);
    const picture = reports.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    const words = [
        codec?.mimeType.replace("audio/", ""),
        percent(received.packetsLost, received.packetsLost + received.packetsReceived),
        milliseconds(received.jitter, "jitter"),
        pair?.currentRoundTripTime !== undefined && milliseconds(pair.currentRoundTripTime, "round trip"),
        picture?.frameWidth && `${picture.frameWidth}×${picture.frameHeight} at ${picture.framesPerSecond ?? 0}/s`,
    ];
    return words.filter(Boolean).join(" · ");
}
