"""baresip: a telephone of somebody else's, driven by its ctrl_tcp module (JSON in netstrings), recording what it hears."""
import glob
import json
import os
import socket
import threading
import time

from framework import patience, spectrum, wav
from framework.addresses import free_port
from framework.failure import Failure, expect
from framework.process import Process, wait_until

MODULES = "/usr/lib/baresip/modules"
RTP_PORTS = {"b": (31000, 31998), "a": (30000, 30998)}  # apart, because baresip sends from whatever address
SPEECH_SECONDS = 60  # at the end of its file baresip hangs up

_CONFIG = """
sip_listen {address}:{port}
net_interface {address}
module_path {modules}
module g711.so
module aufile.so
module sndfile.so
module srtp.so
module dtls_srtp.so
module account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {address}:{control}
audio_source aufile,{speech}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
snd_path {folder}
rtp_ports {first_rtp}-{last_rtp}
"""


class Baresip:
    """`name` is its user and the source of spectrum.SOURCES that it says. `srtp`: "srtp" offers keys in RTP/AVP,
    "srtp-mand" in RTP/SAVP and takes nothing else (SDES); "dtls_srtp" is that. `identity`, (certificate, key): it is called under TLS, at `port`,
    and believes the `authority`, a file, where it calls. `registrar`, ("host:port", password): it registers there, as
    `device`, if its user has several."""

    def __init__(self, stage, name, address, outbound=None, rtp_ports=(30000, 32000), srtp=None, identity=None,
                 authority=None, registrar=None, device=""):
        self.name, self.address = name, address
        listening = free_port(address, even=True)
        self.port = listening + 1 if identity else listening  # so baresip has it
        self.folder = stage.path(f"baresip-{name}{device}")
        os.mkdir(self.folder)
        speech = os.path.join(self.folder, "speech.wav")
        wav.write_source(speech, name, SPEECH_SECONDS)
        self._control = free_port(address)
        self._write("config", _CONFIG.format(address=address, port=listening, modules=MODULES, control=self._control,
                                             speech=speech, folder=self.folder, first_rtp=rtp_ports[0],
                                             last_rtp=rtp_ports[1]) + self._tls(identity, authority))
        proxy = f';outbound="{outbound}"' if outbound else ""
        secured = f";mediaenc={srtp}" if srtp else ""
        transport = ";transport=tls" if identity else ""
        home = registrar[0] if registrar else f"{address}:{self.port}"
        login = f";auth_pass={registrar[1]};regint=60" if registrar else ";regint=0"
        self._write("accounts", f"<sip:{name}@{home}{transport}>{login};answermode=auto;audio_codecs=pcmu"
                                f"{secured}{proxy}\n")
        self._write("contacts", "")
        self._events = []
        self._arrived = threading.Condition()
        self.process = Process(["baresip", "-f", self.folder, "-s"], stage.folder, f"baresip-{name}{device}")
        stage.keep(self)
        self._socket = wait_until(self._connect, 10, f"baresip {name} listens on its control port")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _tls(self, identity, authority):
        """Lines of its configuration. The certificate and its key are one file to it."""
        if not identity:
            return ""
        together = os.path.join(self.folder, "identity.pem")
        with open(together, "wb") as out:
            for path in identity:
                with open(path, "rb") as part:
                    out.write(part.read())
        return f"sip_certificate {together}\nsip_cafile {authority}\n"

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
            out.write(text)

    def _connect(self):
        try:
            return socket.create_connection((self.address, self._control), timeout=60)
        except OSError:
            return None

    def close(self):
        self.process.end()
        self._socket.close()

    def command(self, command, parameters=None):
        request = {"command": command, "token": command}
        if parameters:
            request["params"] = parameters
        text = json.dumps(request).encode()
        self._socket.sendall(b"%d:%s," % (len(text), text))

    def _read(self):
        buffer = b""
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while b":" in buffer:
                length, _, rest = buffer.partition(b":")
                if len(rest) <= int(length):
                    break
                event, buffer = json.loads(rest[:int(length)]), rest[int(length) + 1:]
                with self._arrived:
                    self._events.append(event)
                    self._arrived.notify_all()

    def wait_event(self, kind, timeout=5):
        """Takes the first event of the type, such as CALL_ESTABLISHED, that was not taken yet."""
        deadline = time.monotonic() + patience.real(timeout)
        with self._arrived:
            while True:
                for event in self._events:
                    if event.get("type") == kind:
                        self._events.remove(event)
                        return event
                left = deadline - time.monotonic()
                if left <= 0:
                    seen = [event.get("type") or event for event in self._events]
                    raise Failure(f"baresip {self.name} reported no {kind} within {timeout} s, but {seen}\n"
                                  f"{self.process.tail()}")
                self._arrived.wait(left)

    def heard(self):
        """Labels of all 20 ms frames that it decoded, over all calls, in order. Whole once baresip has ended."""
        labels = []
        for path in sorted(glob.glob(os.path.join(self.folder, "dump-*-dec.wav"))):
            labels += spectrum.classify_frames(*wav.read(path))
        expect(labels, f"baresip {self.name} recorded nothing")
        return labels
