"""How a call proves that it is ours: HMAC-SHA256 (RFC 2104) over its time and body, with a secret that both ends know.

    X-Mailgate-Signature: t=1772443800,v1=5257a869e7...

`v1` is the hex digest over `t`, a full stop and the body. The receiver reckons it anew, compares in constant time and
refuses what is old.
"""

import hashlib
import hmac
from datetime import datetime

FIELD = "X-Mailgate-Signature"


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of the field, at an aware time."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
