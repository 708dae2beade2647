"""Scenes whose voice was bought, kept for a day: a changed plan, or an attempt after a crash, buys only what is new."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

import numpy as np

from shared import log
from shared.blobs import BlobStore, kept_voice_name, list_voices
from shared.errors import NotFound, Unavailable

from .alignment import WordTiming
from .spoken import Bought, Narration

AT_A_TIME: Final = 6  # scenes that are looked up, or stored, at once
LOOKING: Final = 2.0  # seconds that a film waits to know what is there


class KeptScenes:
    """Shelf of one film in the temporary store. Each scene lies under a hash of all that its voice depends on.

    `order` is what all scenes share: whose film it is (nobody else may learn from its time that a sentence was spoken
    before), the voice, its rate, and what else changes the sound.
    """

    def __init__(self, store: BlobStore, job_id: str, scenes: Sequence[Sequence[str]], order: Sequence[object]) -> None:
        self._store = store
        self._job_id = job_id
        self.names = [kept_voice_name(_digest([order, list(words)])) for words in scenes]
        self._pool = ThreadPoolExecutor(max_workers=AT_A_TIME, thread_name_prefix="kept")
        self._listed: Future[None] | None = None

    def find(self) -> Mapping[int, Bought]:
        looked = {self._pool.submit(self._one, name): number for number, name in enumerate(self.names)}
        done, _ = wait(looked, timeout=LOOKING)
        found = {looked[call]: bought for call in done if (bought := call.result())}
        if found:
            self._list()  # who erases this film erases what it used, too
        return found

    def keep(self, scene: int, bought: Bought) -> None:
        self._list()
        self._pool.submit(self._put, self.names[scene], bought)

    def close(self) -> None:
        """Wait until all is stored."""
        self._pool.shutdown()

    def _list(self) -> None:
        if self._listed is None:
            self._listed = self._pool.submit(self._write_list)
            wait([self._listed])  # before the first scene: what is not on the list nobody could erase

    def _write_list(self) -> None:
        try:
            list_voices(self._store, self._job_id, self.names)
        except Unavailable:
            log.event("voices_not_listed")
            raise

    def _one(self, name: str) -> Bought | None:
        try:
            return _unpacked(self._store.get(name))
        except NotFound:
            return None
        except (Unavailable, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.event("no_kept_voice", reason=type(error).__name__)
            return None

    def _put(self, name: str, bought: Bought) -> None:
        assert self._listed is not None
        if self._listed.exception():
            return
        try:
            self._store.put(name, _packed(bought), content_type="application/octet-stream", metadata={})
        except Unavailable:
            log.event("voice_not_kept")


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _packed(bought: Bought) -> bytes:
    narration = bought.narration
    about = {
        "engine": bought.engine,
        "voice": bought.voice,
        "failures": bought.failures,
        "seconds": bought.seconds,
        "size": bought.size,
        "rate": narration.sample_rate,
        "words": [(word.text, word.start, word.end) for word in narration.words],
    }
    file = io.BytesIO()
    np.savez(file, audio=narration.audio, about=np.array(json.dumps(about)))
    return file.getvalue()


def _unpacked(data: bytes) -> Bought:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise ValueError("not what was packed")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        about = json.loads(str(arrays["about"]))
        words = tuple(WordTiming(text=text, start=start, end=end) for text, start, end in about["words"])
        narration = Narration(audio=arrays["audio"], sample_rate=about["rate"], words=words)
    return Bought(
        narration=narration,
        engine=about["engine"],
        voice=about["voice"],
        failures=tuple((engine, reason) for engine, reason in about["failures"]),
        seconds=about["seconds"],
        size=about["size"],
    )
