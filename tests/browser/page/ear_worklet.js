// What is heard in each 20 ms: the name of a source, silence, a mix, or other, as tests/interop/framework/spectrum.py says.
registerProcessor("ear", class extends AudioWorkletProcessor {
    constructor({ processorOptions }) {
        super();
        Object.assign(this, processorOptions);  // sources, silence, clear, audible
        this.frame = new Float32Array(sampleRate / 50);
        this.filled = 0;
    }

    process([[input]]) {
        for (let i = 0; i < 128; ++i) {
            this.frame[this.filled++] = input ? input[i] : 0;
            if (this.filled < this.frame.length) { continue; }
            this.filled = 0;
            this.port.postMessage(this.classify());
        }
        return true;
    }

    // Mean square of the component at the frequency (Goertzel).
    power_at(frequency) {
        const coefficient = 2 * Math.cos(2 * Math.PI * frequency / sampleRate);
        let [before, last] = [0, 0];
        for (const sample of this.frame) { [before, last] = [last, sample + coefficient * last - before]; }
        return 2 * (before * before + last * last - coefficient * before * last) / this.frame.length ** 2;
    }

    classify() {
        const total = this.frame.reduce((sum, sample) => sum + sample * sample, 0) / this.frame.length;
        if (Math.sqrt(total) < this.silence) { return "silence"; }
        const shares = Object.entries(this.sources).map(([name, frequencies]) =>
            [name, frequencies.reduce((sum, frequency) => sum + this.power_at(frequency), 0) / total]);
        const [best, share] = shares.reduce((a, b) => b[1] > a[1] ? b : a);
        if (share >= this.clear) { return best; }
        const heard = shares.filter(([, part]) => part >= this.audible).map(([name]) => name).sort();
        return heard.length ? `mix:${heard.join("+")}` : "other";
    }
});
