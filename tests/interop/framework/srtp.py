"""Packets of a capture that SDES keys secured (RFC 4568), for peers whose sockets are not ours: libsrtp by its C names."""
import base64
import ctypes
import re

_KEY = re.compile(r"a=crypto:\d+ (?:AES_CM_128_HMAC_SHA1_80|AEAD_AES_128_GCM) inline:([A-Za-z0-9+/=]{40})")
_POLICIES = {  # by the bytes of master key and salt
    30: "srtp_crypto_policy_set_rtp_default",
    28: "srtp_crypto_policy_set_aes_gcm_128_16_auth",
}
_ANY_INBOUND = 2  # ssrc_any_inbound
_GROWTH = 64


class _Crypto(ctypes.Structure):
    _fields_ = [("cipher", ctypes.c_uint32), ("cipher_key", ctypes.c_int), ("auth", ctypes.c_uint32),
                ("auth_key", ctypes.c_int), ("auth_tag", ctypes.c_int), ("services", ctypes.c_int)]


class _Policy(ctypes.Structure):
    _fields_ = [("ssrc_kind", ctypes.c_int), ("ssrc", ctypes.c_uint), ("rtp", _Crypto), ("rtcp", _Crypto),
                ("key", ctypes.c_char_p), ("keys", ctypes.c_void_p), ("key_count", ctypes.c_ulong),
                ("deprecated", ctypes.c_void_p), ("window", ctypes.c_ulong), ("repeat", ctypes.c_int),
                ("extensions", ctypes.c_void_p), ("extension_count", ctypes.c_int), ("next", ctypes.c_void_p)]


def keys_in(text):
    """Of all descriptions in the text, each once."""
    return list(dict.fromkeys(base64.b64decode(key) for key in _KEY.findall(text)))


class Opener:
    """Opens packets with whichever of the keys fits."""

    def __init__(self, keys):
        self._library = ctypes.CDLL("libsrtp2.so.1")
        self._library.srtp_init()
        self._sessions = [self._session(key) for key in keys if len(key) in _POLICIES]

    def _session(self, key):
        policy = _Policy(ssrc_kind=_ANY_INBOUND, key=key)
        for part in ("rtp", "rtcp"):
            set_policy = getattr(self._library, _POLICIES[len(key)])
            set_policy(ctypes.byref(policy, getattr(_Policy, part).offset))
        session = ctypes.c_void_p()
        status = self._library.srtp_create(ctypes.byref(session), ctypes.byref(policy))
        if status:
            raise OSError(f"srtp_create: {status}")
        return session

    def open(self, packet):
        """In the clear; None if no key fits."""
        for session in self._sessions:
            data = ctypes.create_string_buffer(packet, len(packet) + _GROWTH)
            length = ctypes.c_int(len(packet))
            if self._library.srtp_unprotect(session, data, ctypes.byref(length)) == 0:
                return data.raw[:length.value]
        return None
