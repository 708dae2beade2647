"""A voice service on 127.0.0.1 that speaks the true one's protocol to the true client, and fails in its ways."""

import asyncio
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from xml.sax.saxutils import escape, unescape

import edge_tts.communicate
import edge_tts.drm
import imageio_ffmpeg
import numpy as np
from aiohttp import web

from functions.render.audio import Samples
from functions.render.narration import WordTiming
from functions.render.narrators.espeak import EspeakNarrator

RATE: Final = 24_000
TICKS: Final = 10_000_000
LEAD, TAIL = 0.1, 0.8  # seconds of silence that the true service leaves around a passage
SITE: Final = Path(__file__).parent / "edge_site"
REFUSED: Final = {"403": 403, "403_once": 403, "429": 429, "503": 503}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What one connection asked for."""

    text: str
    voice: str
    rate: str
    volume: str
    word_boundary: bool


class FakeEdge:
    """`with FakeEdge() as edge:` points the true client of this process at it.

    `mode`: ok, noaudio, drop_start, drop_mid, 403, 403_once (with the server's clock ten minutes ahead), 429, 503,
    hang, refuse, timeless (every word at 0, as some voices do); of a sequence each connection takes the next, and the
    last one stays. `sound`: "tones" (a burst a word, quick to make, sharp to measure) or "speech" (espeak). `delay`:
    seconds before each answer.
    """

    def __init__(self, mode: str | Sequence[str] = "ok", *, sound: str = "tones", delay: float = 0.0) -> None:
        self._modes = [mode] if isinstance(mode, str) else list(mode)
        self._sound, self._delay = sound, delay
        self.asked: list[Asked] = []
        self.connections = 0
        self.most_at_a_time = 0
        self._open = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/edge/v1?TrustedClientToken=x"

    def environment(self) -> dict[str, str]:
        """Variables that point the client of a child process here; they go over its own environment."""
        path = os.pathsep.join(filter(None, [str(SITE), os.environ.get("PYTHONPATH")]))
        return {"PYTHONPATH": path, "FAKE_EDGE_URL": self.url}

    def __enter__(self) -> Self:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-edge", daemon=True)
        self._thread.start()
        if self._modes != ["refuse"]:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        self._before = vars(edge_tts.communicate)["WSS_URL"], edge_tts.drm.DRM.clock_skew_seconds
        vars(edge_tts.communicate)["WSS_URL"] = self.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        vars(edge_tts.communicate)["WSS_URL"], edge_tts.drm.DRM.clock_skew_seconds = self._before
        if self._modes != ["refuse"]:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/edge/v1", self._connection)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def _connection(self, request: web.Request) -> web.StreamResponse:
        mode = self._modes[min(self.connections, len(self._modes) - 1)]
        first = self.connections == 0
        self.connections += 1
        if mode in REFUSED and (mode != "403_once" or first):
            ahead = 600 if mode == "403_once" else 0
            date = formatdate(time.time() + ahead, usegmt=True)
            return web.Response(status=REFUSED[mode], headers={"Date": date})
        socket_ = web.WebSocketResponse(compress=True)
        await socket_.prepare(request)
        self._open += 1
        self.most_at_a_time = max(self.most_at_a_time, self._open)
        try:
            await self._answer(socket_, mode)
        finally:
            self._open -= 1
        return socket_

    async def _answer(self, socket_: web.WebSocketResponse, mode: str) -> None:
        config = await socket_.receive_str()
        asked = _parsed(await socket_.receive_str(), word_boundary='"wordBoundaryEnabled":"true"' in config)
        self.asked.append(asked)
        await asyncio.sleep(self._delay)
        if mode == "hang":
            await asyncio.sleep(3600)
        head = "X-RequestId:0\r\nContent-Type:application/json; charset=utf-8\r\nPath:"
        await socket_.send_str(f"{head}turn.start\r\n\r\n{{}}")
        if mode == "drop_start":
            return
        if mode != "noaudio":
            mp3, words = await asyncio.to_thread(_spoken, asked, self._sound)
            await socket_.send_str(f"{head}response\r\n\r\n{{}}")
            if asked.word_boundary:
                for word in words:
                    word = replace(word, start=0.0, end=0.0) if mode == "timeless" else word
                    await socket_.send_str(f"{head}audio.metadata\r\n\r\n{json.dumps(_metadata(word))}")
            for start in range(0, len(mp3), 1440):
                if mode == "drop_mid" and start > len(mp3) // 2:
                    return
                await socket_.send_bytes(_binary("Content-Type:audio/mpeg\r\n", mp3[start : start + 1440]))
            await socket_.send_bytes(_binary("", b""))
        await socket_.send_str(f"{head}turn.end\r\n\r\n{{}}")
        await socket_.close()


def _parsed(ssml: str, *, word_boundary: bool) -> Asked:
    found = re.search(
        r"<voice name='([^']*)'><prosody pitch='[^']*' rate='([^']*)' volume='([^']*)'>(.*)</prosody>", ssml, re.DOTALL
    )
    assert found, ssml
    voice, rate, volume, text = found.groups()
    return Asked(text=unescape(text), voice=voice, rate=rate, volume=volume, word_boundary=word_boundary)


def _metadata(word: WordTiming) -> Mapping[str, object]:
    text = {"Text": escape(word.text), "Length": len(word.text), "BoundaryType": "WordBoundary"}
    data = {"Offset": round(word.start * TICKS), "Duration": round((word.end - word.start) * TICKS), "text": text}
    return {"Metadata": [{"Type": "WordBoundary", "Data": data}]}


def _binary(content_type: str, payload: bytes) -> bytes:
    header = f"X-RequestId:0\r\n{content_type}Path:audio\r\n".encode()
    return len(header).to_bytes(2, "big") + header + payload


def _spoken(asked: Asked, sound: str) -> tuple[bytes, list[WordTiming]]:
    factor = 1 + int(asked.rate.removesuffix("%")) / 100
    tokens = asked.text.split()
    if sound == "tones":
        audio, words = bursts(tokens, factor)
    else:
        narration = EspeakNarrator(rate=factor, volume=1.0, sample_rate=RATE).narrate(tokens)
        audio, words = narration.audio, list(narration.words)
    silence = [np.zeros(round(seconds * RATE), np.int16) for seconds in (LEAD, TAIL)]
    bare = [(re.sub(r"^\W+|\W+$", "", word.text), word) for word in words]
    moved = [WordTiming(text=text, start=w.start + LEAD, end=w.end + LEAD) for text, w in bare if text]
    return mp3_of(np.concatenate([silence[0], audio, silence[1]])), moved


def bursts(tokens: Sequence[str], factor: float = 1.0) -> tuple[Samples, list[WordTiming]]:
    """A tone a word, longer for longer ones; 0.08 s between words, 0.45 s after sentences, 1.2 s after "..."."""
    parts: list[Samples] = []
    words: list[WordTiming] = []
    elapsed = 0
    for number, token in enumerate(tokens):
        count = round((0.1 + 0.04 * min(len(token), 12)) / factor * RATE)
        tone = 9000 * np.sin(2 * np.pi * (300 + 80 * (number % 5)) * np.arange(count) / RATE)
        pause = 1.2 if token.endswith("...") else 0.45 if token[-1] in ".!?" else 0.08
        parts += [tone.astype(np.int16), np.zeros(round(pause / factor * RATE), np.int16)]
        words.append(WordTiming(text=token, start=elapsed / RATE, end=(elapsed + count) / RATE))
        elapsed += len(parts[-2]) + len(parts[-1])
    return np.concatenate(parts), words


def mp3_of(audio: Samples) -> bytes:
    """The service's own format: 24 kHz, 48 kbit/s, mono, without a Xing header."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "1"]
    command += ["-i", "pipe:0", "-c:a", "libmp3lame", "-b:a", "48k", "-write_xing", "0", "-id3v2_version", "0"]
    command += ["-f", "mp3", "pipe:1"]
    return subprocess.run(command, input=audio.tobytes(), capture_output=True, check=True).stdout
