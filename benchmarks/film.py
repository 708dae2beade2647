"""The film that is measured, in a process of its own: the whole of it, or only the encoding of the same frames.

PICTURES is a folder, FRAMES a file that `draw` writes and `encode` and `plain` read. `preview` is the whole film in
that quality. The film is left beside FRAMES under the name of what was done.
`python -m benchmarks.film whole|preview|encode|plain|draw WIDTHxHEIGHT PICTURES FRAMES` prints one line of JSON.
"""

import json
import mmap
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import imageio_ffmpeg
import numpy as np

from functions.render.encoder import QUALITIES, Process, encode, join
from functions.render.frames import FrameSource
from functions.render.lettering import Lettering
from functions.render.narration import Narration, WordTiming
from functions.render.sound import master
from functions.render.sources.uploaded import UploadedPictures
from functions.render.timeline import FPS, Timeline, lay_out
from functions.render.titles import Titles
from shared.storyboard import Scene, build
from shared.styles import STYLES
from shared.video_request import CaptionOptions

SAMPLE_RATE: Final = 44100
LETTER, WORD = (
    0.0386,
    0.09,
)  # seconds a voice takes for a letter and, beside that, for a word: half a minute in all
PITCH: Final = 190.0  # hertz
FORMANTS: Final = (600.0, 1400.0, 2600.0)  # hertz; their strengths wander from word to word
PICTURE_SECONDS: Final = 5.0
POST: Final = """I stopped hiring for experience. It was the best decision of my career.

Last spring we had one open role and two hundred applications. The safest candidate had twelve years behind her.
The one we chose had two, and a notebook full of questions.

Three months later she had rebuilt our onboarding, halved the support queue and taught the team to write things down.

Experience tells you what worked before. Curiosity tells you what could work next.

What would you look for first?"""


class Film:
    """One film of half a minute, made of the same parts as the product's, in the same order."""

    def __init__(self, size: tuple[int, int], pictures: Path, quality: str = "standard") -> None:
        self.size = size
        self.quality = QUALITIES[quality]
        storyboard = build(POST, max_seconds=60)
        self.images = [file.read_bytes() for file in sorted(pictures.glob("*.jpg"))]
        self.timeline: Timeline = lay_out(
            [[word.shown for word in scene.words] for scene in storyboard.scenes],
            [_narrated(scene, number) for number, scene in enumerate(storyboard.scenes)],
            segment_seconds=PICTURE_SECONDS,
            pictures=len(self.images),
            fades=True,
        )

    def whole(self, folder: Path) -> Path:
        """What make_video does between the voice and the upload."""
        return self._made(folder, self.source())

    def encoded(self, folder: Path, frames: memoryview) -> Path:
        """The same film out of frames that are finished already."""
        return self._made(folder, _each(frames, self.size))

    def plain(self, folder: Path, frames: memoryview) -> Path:
        """Nothing but the frames, by x264 as most people call it: neither sound nor settings of ours."""
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-hide_banner", "-nostdin", "-y",
            "-loglevel", "error",
            "-f", "rawvideo",
            "-pix_fmt", "yuv420p",
            "-s", f"{self.size[0]}x{self.size[1]}",
            "-r", str(FPS),
            "-i", "pipe:0",
            "-c:v", "libx264",
            "-preset", "veryfast",
            "-crf", "23",
            str(folder / "film.mp4"),
        ]  # fmt: skip
        with Process(command, lambda: None) as ffmpeg:
            for frame in _each(frames, self.size):
                ffmpeg.write(frame)
            ffmpeg.finish()
        return folder / "film.mp4"

    def source(self) -> FrameSource:
        style = STYLES["professional"]
        pictures = UploadedPictures(self.images, style.palette)
        titles = Titles.of(self.timeline, Lettering(self.size, style.palette), CaptionOptions())
        return FrameSource(
            self.timeline,
            size=self.size,
            picture=lambda shot: pictures.find(shot, self.size),
            overlay=titles.at,
            move="auto",
            travel=style.travel,
            seed=POST,
        )

    def _made(self, folder: Path, frames: FrameSource | Iterator[memoryview]) -> Path:
        timeline, silent, track = self.timeline, folder / "silent.mp4", folder / "sound.m4a"
        with ThreadPoolExecutor(max_workers=1) as beside:
            sound = beside.submit(master, timeline.voice, timeline.sample_rate, track, coder=self.quality.aac_coder)
            if isinstance(frames, FrameSource):
                cv2.imwrite(str(folder / "poster.jpg"), frames.first())
            keyframes = [shot.start + shot.fade / 2 for shot in timeline.shots[1:]]
            encode(frames, silent, size=self.size, quality=self.quality, keyframes=keyframes)
            sound.result()
        join(silent, track, folder / "film.mp4")
        return folder / "film.mp4"


def main(what: str, size: tuple[int, int], pictures: Path, held: Path) -> None:
    film = Film(size, pictures, "preview" if what == "preview" else "standard")
    told: dict[str, object] = {"seconds": film.timeline.duration}
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        if what == "draw":
            with held.open("wb") as file:
                file.writelines(film.source())
            print(json.dumps(told))
            return
        if what in ("whole", "preview"):
            told |= _measured(lambda: film.whole(folder))
        else:
            with held.open("rb") as file:
                # All pages in place before the clock starts: the frames are held, not loaded.
                frames = memoryview(mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED | mmap.MAP_POPULATE, mmap.PROT_READ))
            made = film.plain if what == "plain" else film.encoded
            told |= _measured(lambda: made(folder, frames))
        shutil.copyfile(folder / "film.mp4", held.with_name(f"{what}.mp4"))
    print(json.dumps(told))


def _measured(make: Callable[[], Path]) -> dict[str, object]:
    cpu, wall = _cpu_seconds(), time.monotonic()
    film = make()
    return {"wall": time.monotonic() - wall, "cpu": _cpu_seconds() - cpu, "bytes": film.stat().st_size}


def _cpu_seconds() -> float:
    """Of this process and of all its children that have ended, in user and system."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _each(frames: memoryview, size: tuple[int, int]) -> Iterator[memoryview]:
    length = size[0] * size[1] * 3 // 2
    for begin in range(0, len(frames), length):
        yield frames[begin : begin + length]


def _narrated(scene: Scene, seed: int) -> Narration:
    """Sound like speech, for meters and encoders, and when each word is in it: no voice service takes part."""
    chance = np.random.default_rng(seed)
    pieces, timings, at = [_silence(0.12)], [], 0.12
    for word in scene.words:
        sound = _syllables(WORD + LETTER * sum(map(str.isalnum, word.spoken)), chance)
        pause = _silence(0.25 if word.spoken[-1] in ".,:?" else 0.03)
        end = at + len(sound) / SAMPLE_RATE
        timings.append(WordTiming(text=word.spoken, start=at, end=end))
        pieces += [sound, pause]
        at = end + len(pause) / SAMPLE_RATE
    return Narration(audio=np.concatenate(pieces), sample_rate=SAMPLE_RATE, words=tuple(timings))


def _syllables(seconds: float, chance: np.random.Generator) -> np.ndarray:
    """A falling tone with wandering formants and some breath, that swells about four times a second."""
    time_ = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    swell = np.sin(np.pi * max(1, round(4 * seconds)) * time_ / seconds) ** 2
    strengths = chance.uniform(0.3, 1.0, len(FORMANTS))
    tone = 0.03 * chance.normal(size=len(time_))
    for harmonic in range(1, 20):
        pitch = harmonic * PITCH
        near = sum(
            strength * np.exp(-(((pitch - formant) / 250) ** 2))
            for formant, strength in zip(FORMANTS, strengths, strict=True)
        )
        tone += (near + 0.2 / harmonic) * np.sin(2 * np.pi * pitch * time_ * (1 - 0.04 * time_))
    return np.asarray(6000 * swell * tone).clip(-32767, 32767).astype(np.int16)


def _silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


if __name__ == "__main__":
    width, height = map(int, sys.argv[2].split("x"))
    main(sys.argv[1], (width, height), Path(sys.argv[3]), Path(sys.argv[4]))
