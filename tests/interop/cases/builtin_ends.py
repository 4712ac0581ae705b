"""The built-in ends and the built-in tune."""
from framework import g711, rtp, spectrum
from framework.case import case
from framework.failure import expect
from framework.phone import AutoAnswer, establish, hang_up


def call_application(stage, number):
    """A talks to a built-in end; B is not in it."""
    stage.serve(hold={"music": stage.music_file()})
    a = stage.phone("a")
    invite = a.dial(number)
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    return a


def end(stage, a):
    a.dialog.bye()
    stage.server.expect_no_calls()


@case
def app_music(stage):
    """app:music plays the music file."""
    a = call_application(stage, "music")
    a.hear("music")
    a.media.expect_only("music", 1.0)
    end(stage, a)
    rtp.expect_seamless(a.media.packets, "the music")


@case
def app_echo(stage):
    """app:echo gives back what is said."""
    a = call_application(stage, "echo")
    a.hear("a")
    a.media.say("b")
    a.hear("b")
    a.media.expect_only("b")
    end(stage, a)


@case
def app_milliwatt(stage):
    """app:milliwatt is 1000 Hz at 0 dBm0, the level of the sequence in ITU-T G.711 table 5."""
    a = call_application(stage, "milliwatt")
    a.hear("milliwatt")
    packets = a.media.expect_only("milliwatt", 0.5)
    level = spectrum.rms(samples_of(packets))
    nominal = spectrum.rms(g711.decode(0, bytes.fromhex("1e0b0b1e9e8b8b9e")))
    expect(abs(level / nominal - 1) < 0.1, f"level {level:.0f}, 0 dBm0 would be {nominal:.0f}")
    end(stage, a)


@case
def builtin_tune(stage):
    """Without a file the held side hears the built-in tune: sound of many tones, no voice in it, no pause over 200 ms."""
    a, b = stage.phones(hold={"music": "builtin"})
    establish(a, b)
    stage.keep(AutoAnswer(b))
    request = a.reinvite(None)
    a.take(a.dialog.expect_status(request, 200))
    a.dialog.ack(request, a.description("inactive"))
    b.media.listen(0.1)
    packets = b.media.hear_all(3.0)
    labels = [packet.label for packet in packets]
    expect("a" not in labels, f"the holder's voice is not heard: {rtp.summary(labels)}")
    samples = samples_of(packets)
    expect(spectrum.rms(samples) > 500, f"it is to be heard: rms {spectrum.rms(samples):.0f}")
    peaks = tones_of(samples)
    expect(len(peaks) >= 4, f"a tune has several tones: {sorted(peaks)}")
    expect(longest_run(labels, "silence") <= 10, f"no pause over 200 ms: {rtp.summary(labels)}")
    expect_no_clicks([samples_of(stretch) for stretch in rtp.unbroken(packets)])
    hang_up(a, b)


def samples_of(packets):
    return [sample for packet in packets for sample in g711.decode(packet.payload_type, packet.payload)]


def tones_of(samples):
    """Frequencies, to 16 Hz, that stand out in some stretch of 256 ms: within 13 dB of its strongest."""
    window, found = 2048, set()
    for at in range(0, len(samples) - window, window):
        points = spectrum.spectrum(samples[at:at + window])
        loudest = max(power for _, power in points)
        found |= {round(frequency / 16) * 16 for frequency, power in points if power > loudest / 20}
    return found


def longest_run(labels, wanted):
    longest = run = 0
    for label in labels:
        run = run + 1 if label == wanted else 0
        longest = max(longest, run)
    return longest


def expect_no_clicks(stretches):
    steps = sorted(abs(after - before) for samples in stretches for before, after in zip(samples, samples[1:]))
    usual = steps[int(len(steps) * 0.999)]
    expect(steps[-1] < 4 * usual + 500, f"no click: the largest step is {steps[-1]}, all but one in 1000 under {usual}")


@case
def music_of_another_rate(stage):
    """A 44.1 kHz stereo file is played at the right pitch."""
    stage.serve(hold={"music": stage.music_file(44100, 2)})
    a = stage.phone("a")
    invite = a.dial("music")
    ok = a.dialog.expect_status(invite, 200)
    a.take(ok)
    a.confirm(invite, ok)
    a.hear("music", frames=25)
    end(stage, a)
