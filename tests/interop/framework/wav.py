"""WAV files of 16-bit samples: the music that the server plays, the speech that baresip sends, what baresip recorded."""
import array
import sys
import wave

from framework import spectrum


def write(path, samples, rate, channels=1):
    data = array.array("h", (sample for sample in samples for _ in range(channels)))
    if sys.byteorder == "big":
        data.byteswap()
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(data.tobytes())


def read(path):
    """(samples of the first channel, rate)"""
    with wave.open(str(path), "rb") as source:
        data = array.array("h", source.readframes(source.getnframes()))
        return list(data[::source.getnchannels()]), source.getframerate()


def write_source(path, name, seconds=2, rate=8000, channels=1):
    """A file of one of spectrum.SOURCES. Whole seconds hold whole periods: it loops without a click."""
    write(path, spectrum.tone(spectrum.SOURCES[name], seconds, rate), rate, channels)
