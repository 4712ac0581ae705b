"""linphone: a telephone of somebody else's, its console client driven by lines, speaking and recording in files.

It takes a machine that has only loopback for one without network, and opens no port, unless auto_net_state_mon is 0.
"""
import os
import subprocess

from framework import spectrum, wav
from framework.addresses import free_port
from framework.failure import expect
from framework.process import Process, wait_until

SPEECH_SECONDS = 60

_CONFIG = """[sip]
sip_port={port}
sip_tcp_port=-1
sip_tls_port=-1
bind_address={address}
contact="{name}" <sip:{name}@{address}:{port}>
guess_hostname=0
use_ipv6=0
auto_net_state_mon=0
[rtp]
audio_rtp_port={rtp}
bind_address={address}
"""


class Linphone:
    """`name` is its user and the source of spectrum.SOURCES that it says."""

    def __init__(self, stage, name, address):
        self.name, self.address = name, address
        self.port, self.rtp_port = free_port(address), free_port(address, even=True)
        self.folder = stage.path(f"linphone-{name}")
        os.makedirs(os.path.join(self.folder, ".local/share/linphone"))  # where it wants its database
        config = os.path.join(self.folder, "linphonerc")
        with open(config, "w", encoding="utf-8") as out:
            out.write(_CONFIG.format(name=name, address=address, port=self.port, rtp=self.rtp_port))
        home = {key: self.folder for key in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        self.process = Process(["linphonec", "-c", config], stage.folder, f"linphone-{name}", {**os.environ, **home},
                               stdin=subprocess.PIPE)
        stage.keep(self)
        self._read = 0  # of its output
        self.wait_said("linphonec>", 10)
        speech = os.path.join(self.folder, "speech.wav")
        wav.write_source(speech, name, SPEECH_SECONDS)
        self._recording = os.path.join(self.folder, "heard.wav")
        for line in ("soundcard use files", f"play {speech}", f"record {self._recording}", "autoanswer enable"):
            self.command(line)

    def close(self):
        self.process.end()

    def command(self, line):
        """Such as `call`, `pause`, `resume`, `terminate`."""
        self.process.write(line + "\n")

    def wait_said(self, text, timeout=5):
        """Waits for the text in what it has said since the last one that was waited for."""
        at = wait_until(lambda: self.process.output().find(text, self._read) + 1, timeout,
                        lambda: f"linphone {self.name} says «{text}»\n{self.process.tail()}")
        self._read = at

    def quit(self):
        """Its recording is whole then."""
        self.command("quit")
        expect(self.process.wait(10) == 0, f"linphone {self.name} should leave well\n{self.process.tail()}")

    def heard(self):
        """Labels of all 20 ms frames that it decoded, in order."""
        labels = spectrum.classify_frames(*wav.read(self._recording))
        expect(labels, f"linphone {self.name} recorded nothing")
        return labels
