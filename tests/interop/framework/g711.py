"""G.711 by its definition (ITU-T G.711, tables 1 and 2): one byte to a linear sample and back."""

_BIAS = 0x84


def _ulaw_to_linear(code):
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS) << ((code & 0x70) >> 4)
    return _BIAS - magnitude if code & 0x80 else magnitude - _BIAS


def _alaw_to_linear(code):
    code ^= 0x55
    magnitude = (code & 0x0F) << 4
    segment = (code & 0x70) >> 4
    magnitude += 8 if segment == 0 else 0x108
    if segment > 1:
        magnitude <<= segment - 1
    return magnitude if code & 0x80 else -magnitude


def _nearest(table):
    """The encoder as inverse of the decoder: each 16-bit sample to the code that decodes nearest, in steps of 4."""
    by_value = sorted((value, code) for code, value in enumerate(table))
    codes, index = {}, 0
    for sample in range(-32768, 32768, 4):
        while index + 1 < len(by_value) and abs(by_value[index + 1][0] - sample) <= abs(by_value[index][0] - sample):
            index += 1
        codes[sample] = by_value[index][1]
    return codes


ULAW = [_ulaw_to_linear(code) for code in range(256)]
ALAW = [_alaw_to_linear(code) for code in range(256)]
_ENCODERS = {}


def decode(payload_type, payload):
    """Linear 16-bit samples of a PCMU (0) or PCMA (8) payload."""
    table = ULAW if payload_type == 0 else ALAW
    return [table[code] for code in payload]


def encode(payload_type, samples):
    if payload_type not in _ENCODERS:
        _ENCODERS[payload_type] = _nearest(ULAW if payload_type == 0 else ALAW)
    codes = _ENCODERS[payload_type]
    return bytes(codes[max(-32768, min(32764, int(sample)) & ~3)] for sample in samples)
