"""The client's side of Digest (RFC 7616 §3.4, MD5 with qop=auth), as a phone answers a challenge."""
import hashlib
import re

FIELDS = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}


def _hash(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def credentials(response, method, uri, user, password, count=1):
    """The header field, (name, value), that answers the challenge of a 401 or 407 that means MD5."""
    asked, answered = FIELDS[response.status]
    challenges = [dict(re.findall(r'(\w+)="?([^",]+)"?', value)) for value in response.all(asked)]
    challenge = next(challenge for challenge in challenges if challenge.get("algorithm", "MD5") == "MD5")
    realm, nonce, nc, cnonce = challenge["realm"], challenge["nonce"], f"{count:08x}", "0a4f113b"
    secret = _hash(f"{user}:{realm}:{password}")
    proof = _hash(f"{secret}:{nonce}:{nc}:{cnonce}:auth:" + _hash(f"{method}:{uri}"))
    return answered, (f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{proof}", '
                      f'algorithm=MD5, cnonce="{cnonce}", qop=auth, nc={nc}, opaque="{challenge.get("opaque", "")}"')
