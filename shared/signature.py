"""Who may knock at the queue's door: an HMAC over job id, expiry and body, the same at home and in the cloud."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence

from shared.errors import Forbidden

HEADER = "X-Task-Signature"
GOOD_FOR_SECONDS = 7 * 24 * 3600  # longer than any queue keeps trying
VERSION = "v1"
_EXPIRY = re.compile(r"[0-9]{1,12}")


class TaskSigner:
    """Signs with the first key, accepts any: so that keys rotate without a lost task."""

    def __init__(self, keys: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._keys = [key.encode() for key in keys]
        self._clock = clock

    def headers(self, job_id: str, body: bytes) -> dict[str, str]:
        expiry = int(self._clock()) + GOOD_FOR_SECONDS
        return {HEADER: f"{VERSION}.{job_id}.{expiry}.{_mac(self._keys[0], job_id, expiry, body)}"}

    def verify(self, signature: str, body: bytes) -> str:
        """The job id that was signed; raises Forbidden. Nothing else about a delivery proves anything."""
        parts = signature.split(".") if signature.isascii() else ()
        version, job_id, expiry, mac = parts if len(parts) == 4 else ("", "", "", "")
        if version != VERSION or not _EXPIRY.fullmatch(expiry) or int(expiry) < self._clock():
            raise Forbidden("This door is for the queue only.")
        good = [hmac.compare_digest(_mac(key, job_id, int(expiry), body).encode(), mac.encode()) for key in self._keys]
        if not any(good):  # every key is compared: the time tells nothing
            raise Forbidden("This door is for the queue only.")
        return job_id


def _mac(key: bytes, job_id: str, expiry: int, body: bytes) -> str:
    return hmac.new(key, f"{job_id}.{expiry}.{hashlib.sha256(body).hexdigest()}".encode(), hashlib.sha256).hexdigest()
