"""What is to be heard in a frame of audio: the caller's tone, the callee's, the music, nothing, or something else.

All tones are multiples of 50 Hz, so in a frame of 20 ms each is orthogonal to the others whatever its phase, and every
single RTP packet can be judged by itself.
"""
import cmath
import math

RATE = 8000
FRAME = 160

SOURCES = {
    "a": (400,),               # what the caller says
    "b": (1500,),              # what the callee says
    "music": (700, 950, 1250),  # the chord of the test's own music file
    "milliwatt": (1000,),
}
SILENCE_RMS = 60.0
CLEAR = 0.8     # this share of the energy makes it one source
AUDIBLE = 0.05  # above this share a source is in the mix


def tone(frequencies, seconds=FRAME / RATE, rate=RATE, peak=12000):
    """Samples of the sum of the frequencies."""
    each = peak / len(frequencies)
    return [int(sum(each * math.sin(2 * math.pi * frequency * n / rate) for frequency in frequencies))
            for n in range(int(seconds * rate))]


def rms(samples):
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def power_at(samples, frequency, rate=RATE):
    """Mean square of the component at the frequency (Goertzel)."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    square = before * before + last * last - coefficient * before * last
    return 2 * square / (len(samples) ** 2)


def shares(samples, rate=RATE):
    """Source → its share of the energy."""
    total = sum(sample * sample for sample in samples) / len(samples)
    return {name: sum(power_at(samples, frequency, rate) for frequency in frequencies) / total
            for name, frequencies in SOURCES.items()}


def classify(samples, rate=RATE):
    """`silence`, a source's name, `mix:x+y` of several, or `other`."""
    if not samples or rms(samples) < SILENCE_RMS:
        return "silence"
    share = shares(samples, rate)
    best = max(share, key=share.get)
    if share[best] >= CLEAR:
        return best
    heard = sorted(name for name, part in share.items() if part >= AUDIBLE)
    return "mix:" + "+".join(heard) if heard else "other"


def classify_frames(samples, rate=RATE):
    """One label for each 20 ms."""
    frame = rate // 50
    return [classify(samples[at:at + frame], rate) for at in range(0, len(samples) - frame + 1, frame)]


def spectrum(samples, rate=RATE):
    """(frequency, power) of a power-of-two stretch (radix-2 FFT, Hann window)."""
    size = 1 << (len(samples).bit_length() - 1)
    windowed = [sample * (0.5 - 0.5 * math.cos(2 * math.pi * n / size)) for n, sample in enumerate(samples[:size])]
    bins = _fft([complex(value) for value in windowed])
    return [(n * rate / size, abs(bins[n]) ** 2) for n in range(size // 2)]


def _fft(values):
    if len(values) == 1:
        return values
    even, odd = _fft(values[0::2]), _fft(values[1::2])
    half = len(values) // 2
    turned = [cmath.exp(-2j * math.pi * n / len(values)) * odd[n] for n in range(half)]
    return [even[n] + turned[n] for n in range(half)] + [even[n] - turned[n] for n in range(half)]
