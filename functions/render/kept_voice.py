"""A bought voice, kept until its film has ended: an attempt after a crash does not buy it again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Final

import numpy as np

from shared import log
from shared.blobs import BlobStore
from shared.errors import NotFound, Unavailable

from .narration import Narration, Spoken, WordTiming

BOUGHT: Final = frozenset({"edge"})  # whose voices come from a service; the others cost less than keeping them


class KeptVoice:
    """One film's voice under one name of a store. `order` is all that it depends on: other words, other voice."""

    def __init__(self, store: BlobStore, name: str, order: Sequence[object]) -> None:
        self._store = store
        self._name = name
        self._order = hashlib.sha256(json.dumps(order).encode()).hexdigest()

    def find(self) -> Spoken | None:
        """What an earlier attempt has kept; None where there is nothing of use."""
        try:
            if self._store.find(self._name).metadata.get("order") != self._order:
                return None
            return _unpacked(self._store.get(self._name))
        except (NotFound, Unavailable, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.event("no_kept_voice", reason=type(error).__name__)
            return None

    def keep(self, spoken: Spoken) -> None:
        """Store it if it was bought. Not being able to is no failure."""
        if spoken.engine not in BOUGHT:
            return
        try:
            self._store.put(
                self._name,
                _packed(spoken),
                content_type="application/octet-stream",
                metadata={"order": self._order},
            )
        except Unavailable:
            log.event("voice_not_kept")


def _packed(spoken: Spoken) -> bytes:
    about = {
        "engine": spoken.engine,
        "failures": spoken.failures,
        "rates": [scene.sample_rate for scene in spoken.scenes],
        "words": [[(word.text, word.start, word.end) for word in scene.words] for scene in spoken.scenes],
    }
    file = io.BytesIO()
    np.savez(file, *(scene.audio for scene in spoken.scenes), about=np.array(json.dumps(about)))
    return file.getvalue()


def _unpacked(data: bytes) -> Spoken:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise ValueError("not what was packed")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        about = json.loads(str(arrays["about"]))
        scenes = tuple(
            Narration(
                audio=arrays[f"arr_{number}"],
                sample_rate=rate,
                words=tuple(WordTiming(text=text, start=start, end=end) for text, start, end in words),
            )
            for number, (rate, words) in enumerate(zip(about["rates"], about["words"], strict=True))
        )
    failures = tuple((engine, reason) for engine, reason in about["failures"])
    return Spoken(scenes=scenes, engine=about["engine"], failures=failures)
