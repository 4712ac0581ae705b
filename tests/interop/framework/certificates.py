"""Certificates of one case, made by openssl: an authority, and what it signs. Keys never leave the case's folder."""
import os
import subprocess


class Authority:
    """`folder` is there already; `name` tells several authorities of one case apart."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self.certificate = self._path(f"{name}.pem")
        self._key = self._path(f"{name}.key")
        self._new_key(self._key)
        self._openssl("req", "-new", "-x509", "-key", self._key, "-out", self.certificate, "-days", "2",
                      "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")

    def issue(self, name, names, days=2):
        """(certificate, key) as paths. `names` as OpenSSL writes them: "DNS:sip.example.com,IP:127.0.0.1"."""
        certificate, key, request, extensions = (self._path(f"{name}.{kind}") for kind in ("pem", "key", "csr", "ext"))
        self._new_key(key)
        self._openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        with open(extensions, "w", encoding="ascii") as out:
            out.write(f"subjectAltName={names}\n")
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
                      "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate, key

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _new_key(self, path):
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
