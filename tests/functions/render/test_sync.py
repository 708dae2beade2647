"""The finished film, decoded: a word is marked in the frame in which it is heard, and the voice is whole and clean."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from functions.render.audio import Samples
from functions.render.narration import Narration, Narrator, WordTiming, speak
from functions.render.narrators import narrators
from functions.render.sound import master
from functions.render.timeline import FPS, Timeline, lay_out
from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.redis_jobs import RedisJobs
from shared.breakers import OwnBreakers
from shared.config import Settings
from shared.jobs import JobStatus
from shared.styles import STYLES
from shared.video_request import CaptionOptions
from tests.fake_edge import FakeEdge
from tests.films import frames_of, loudness_of, marked, sound_of
from tests.functions.render.test_pipeline import House, Studio

RATE = 44_100
FRAME = 1 / FPS
GREY = (120, 120, 120)  # a picture without the accent's colour; only the lettering has it
SIDE = 360  # pixels of a decoded frame
ACCENT = STYLES["professional"].palette.accent

# No two neighbouring captions of one short word each: their marks would stand in the same place.
SHORT = (
    "I left a quiet job in spring.",
    "Nobody understood why, and some people laughed.",
    "Small steps, taken every single morning, changed everything for us.",
    "We shipped one thing each week; customers noticed.",
    "Then somebody wrote a letter, and it was kind.",
    "What would you try first?",
)
LONG = (
    *SHORT[:5],
    "She had used our product in a hospital, far away from any office.",
    "It worked on an old phone, without a network, in the middle of a storm.",
    "That was the day we stopped to count features.",
    "Today we ask three questions before we build anything at all.",
    "Who needs it, when exactly, and what happens if it breaks?",
    "The few that remain are built slowly, tested by strangers, and kept for years.",
    "We also write less, speak less, and listen more than we did before.",
    "Our customers noticed the difference within a month.",
    SHORT[5],
)


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What somebody sees and hears: seconds at which a mark jumps to another word, and those at which sound begins;
    `heard` are the ends of these sounds as well.
    """

    marks: NDArray[np.float64]
    heard: NDArray[np.float64]
    asked: list[str]
    path: Path

    @property
    def late(self) -> NDArray[np.float64]:
        """Seconds by which each word's mark comes after its sound; below 0 where it comes before."""
        return self.marks - self.heard[:, 0]


def bursts_of(sound: NDArray[np.float32], rate: int = RATE, quiet: float = 0.05) -> NDArray[np.float64]:
    """When each sound begins and ends, in seconds, told apart by `quiet` seconds of silence: n x 2."""
    loud = np.flatnonzero(np.abs(sound) > 0.03)
    gaps = np.flatnonzero(np.diff(loud) > quiet * rate)
    return np.stack([loud[np.append(0, gaps + 1)], loud[np.append(gaps, len(loud) - 1)]], axis=1) / rate


def marks_of(path: Path) -> NDArray[np.float64]:
    """Seconds at which the frames begin that have the accent where the frame before did not have it."""
    accent = marked_in(path)
    appeared = (accent[1:] & ~accent[:-1]).sum(axis=(1, 2))
    assert not np.any((appeared > 20) & (appeared < 200)), "neither a mark nor noise"
    return (np.flatnonzero(appeared >= 200) + 1) / FPS


def marked_in(path: Path) -> NDArray[np.bool_]:
    frames = frames_of(path, (SIDE, SIDE))
    return np.concatenate([marked(frames[at : at + 50], ACCENT) for at in range(0, len(frames), 50)])


@pytest.fixture(scope="module")
def house(embedded_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    var, temporary = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("temporary")
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    studio = Studio(
        settings=Settings.from_env({"NARRATORS": "edge,silent", "DATA_DIR": str(var)}),
        videos=DiskBlobs(var / "videos", url="http://localhost/files/videos", key="k"),
        uploads=DiskBlobs(var / "uploads", url="http://localhost/files/uploads", key="k"),
    )
    yield House(studio=studio, jobs=RedisJobs.connect(embedded_redis, lease_seconds=60, max_attempts=3),
                temporary=temporary)  # fmt: skip
    tempfile.tempdir = before


def watched(house: House, scenes: tuple[str, ...], **options: object) -> Watched:
    with FakeEdge(sound="tones") as edge:
        made = house.film("\n\n".join(scenes), user_image_ids=(house.uploaded(GREY),), motion="none", **options)
    assert (made.job.status, made.job.degraded, made.job.warnings) == (JobStatus.COMPLETED, False, ())
    return Watched(
        marks=marks_of(made.path()),
        heard=bursts_of(sound_of(made.path(), RATE)),
        asked=[asked.text for asked in edge.asked],
        path=made.path(),
    )


@pytest.fixture(scope="module")
def film(house: House) -> Watched:
    """Twenty seconds of six scenes, each word a burst of sound, the first scene as the headline."""
    return watched(house, SHORT)


def in_step(film: Watched, words: int) -> None:
    assert len(film.heard) == len(film.marks) == words
    assert np.mean(np.abs(film.late) <= FRAME) >= 0.95
    assert np.abs(film.late).max() <= 2 * FRAME
    assert film.late.max() <= FRAME


def test_every_word_is_marked_in_the_frame_in_which_it_is_heard(film: Watched) -> None:
    in_step(film, sum(len(scene.split()) for scene in SHORT))


def test_marks_are_as_often_early_as_late_by_half_a_frame_at_most(film: Watched) -> None:
    assert np.abs(film.late).max() <= FRAME / 2 + 0.005
    assert abs(film.late.mean()) <= 0.008


def test_the_first_word_of_a_caption_is_not_marked_before_the_others(film: Watched) -> None:
    after_pauses = np.append(True, film.heard[1:, 0] - film.heard[:-1, 1] > 0.3)
    assert after_pauses.sum() >= len(SHORT)
    assert abs(film.late[after_pauses].mean() - film.late[~after_pauses].mean()) <= 0.012


def test_a_long_first_sentence_is_in_step_too_where_it_stands_in_captions(house: House) -> None:
    """More words than a headline takes: the first caption is there from the first frame on, its mark is not."""
    sentence = " ".join(f"{word}{number}" for number, word in enumerate(("we", "go", "on") * 14)) + "."
    film = watched(house, (sentence,), captions=CaptionOptions(position="center"))
    in_step(film, 42)


@pytest.mark.long
def test_the_sixtieth_second_is_as_exact_as_the_first(house: House) -> None:
    film = watched(house, LONG, voice="en-US-AriaNeural")  # of the first voice some scenes are there already
    in_step(film, sum(len(scene.split()) for scene in LONG))
    assert len(film.asked) > 1, "one passage only: its joint with the next is not tested"
    assert film.heard[-1, 0] >= 50
    early, late = film.late[film.heard[:, 0] < 15], film.late[film.heard[:, 0] > film.heard[-1, 0] - 15]
    assert abs(late.mean() - early.mean()) <= 0.008


def test_speech_begins_at_once_and_every_word_is_whole_to_the_last(film: Watched) -> None:
    begins, ends = film.heard.T
    assert begins[0] <= 0.3
    texts = " ".join(film.asked).split()
    lengths = [0.1 + 0.04 * min(len(text), 12) for text in texts]  # as the played voice speaks them
    assert ends - begins == pytest.approx(np.array(lengths), abs=0.01)


# What follows needs the sound only: the film's sound is the same, packet by packet.

SPOKEN = (
    "Nobody reads the manual before the pump stops.",
    "We kept a list of every odd noise, and each of them came back later.",
    "Listening is cheaper than any sensor you can buy.",
    "What did you hear today?",
)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A voice as it was made, and as it is heard in the end."""

    timeline: Timeline
    raw: Narration
    decoded: NDArray[np.float32]
    track: Path


@pytest.fixture(scope="module", params=["edge", "espeak"])
def speech(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    pytest.importorskip("espeakng_loader", reason="NO espeak-ng HERE: no voice is heard.")
    scenes = [scene.split() for scene in SPOKEN]
    settings = Settings.from_env({"AUDIO_SAMPLE_RATE": str(RATE)})
    voices = narrators(
        (request.param,), settings=settings, voice="en-US-JennyNeural", rate="+0%", breakers=OwnBreakers()
    )
    voice = voices[0]
    with FakeEdge(sound="speech"):
        raw = Kept(voice)
        spoken = speak(scenes, [raw], sample_rate=RATE)
    timeline = lay_out(scenes, spoken.scenes, segment_seconds=4, pictures=None, fades=True)
    track = tmp_path_factory.mktemp("sound") / "sound.m4a"
    master(timeline.voice, RATE, track)
    return Heard(timeline=timeline, raw=raw.said[0], decoded=sound_of(track, RATE), track=track)


def found(sound: Samples, heard: NDArray[np.float32]) -> tuple[int, float]:
    """At which sample of `heard` the sound begins (below 0: before it), and how like it is, up to 1."""
    length = len(sound) + len(heard)
    wanted = sound.astype(np.float64)
    product = np.fft.irfft(np.fft.rfft(heard, length) * np.conj(np.fft.rfft(wanted, length)), length)
    at = int(product.argmax())
    begin = at if at < len(heard) else at - length
    there = heard[max(begin, 0) : begin + len(sound)]
    return begin, float(product[at] / np.linalg.norm(wanted) / np.linalg.norm(there))


class Kept:
    """A voice that remembers what it said."""

    def __init__(self, voice: Narrator) -> None:
        self.said: list[Narration] = []
        self._voice = voice

    @property
    def name(self) -> str:
        return self._voice.name

    @property
    def voice(self) -> str | None:
        return self._voice.voice

    def narrate(self, words: list[str]) -> Narration:
        self.said.append(self._voice.narrate(words))
        return self.said[-1]


def test_a_voice_begins_within_a_third_of_a_second(speech: Heard) -> None:
    assert np.flatnonzero(np.abs(speech.decoded) > 0.02)[0] / RATE <= 0.3


def test_a_voice_is_as_loud_as_the_feed(speech: Heard) -> None:
    integrated, peak = loudness_of(speech.track)
    assert integrated == pytest.approx(-14, abs=1)
    assert peak <= -1


def test_the_voice_is_heard_in_the_end_when_the_timeline_says_to_the_sample(speech: Heard) -> None:
    """No filter and no codec may be late: 4 ms were the limiter's, as long as it looks ahead."""
    late, _ = found(speech.timeline.voice, speech.decoded)
    assert abs(late) <= 2


def test_the_last_word_is_heard_to_its_end(speech: Heard) -> None:
    last = speech.raw.words[-1]
    word = speech.raw.audio[round((last.start + last.end) / 2 * RATE) :]
    word = word[: np.flatnonzero(np.abs(word.astype(int)) > 100)[-1]]
    begin, likeness = found(word, speech.decoded)
    assert likeness >= 0.9
    end = (begin + len(word)) / RATE
    assert end > speech.timeline.scenes[-1][-1].start
    assert 0.5 <= speech.timeline.duration - end <= 1.2, "the last picture stays for a moment"


def test_nothing_clicks_where_scenes_meet(speech: Heard) -> None:
    jumps = np.abs(np.diff(speech.decoded))
    scenes = speech.timeline.scenes
    inside = max(jumps[round(s[0].start * RATE) : round(s[-1].end * RATE)].max() for s in scenes)
    for before, after in pairwise(scenes):
        joint = jumps[round(before[-1].end * RATE) : round(after[0].start * RATE)]
        assert joint.max() <= 0.5 * inside
    assert jumps[round(scenes[-1][-1].end * RATE) :].max() <= 0.5 * inside
    assert jumps[: round(scenes[0][0].start * RATE)].max(initial=0) <= 0.5 * inside


def test_a_cut_through_a_voice_that_never_pauses_does_not_click(tmp_path: Path) -> None:
    """The picture changes after a comma, and the voice is parted there for the length of the fade."""
    seconds, words = 12.0, 24
    tone = (9000 * np.sin(2 * np.pi * 180 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)
    edges = np.linspace(0, seconds, words + 1)
    timings = tuple(WordTiming(text="word,", start=edges[n], end=edges[n + 1]) for n in range(words))
    narration = Narration(audio=tone, sample_rate=RATE, words=timings)
    timeline = lay_out([["word,"] * words], [narration], segment_seconds=4, pictures=None, fades=True)
    assert len(timeline.shots) >= 3
    master(timeline.voice, RATE, tmp_path / "sound.m4a")
    heard = sound_of(tmp_path / "sound.m4a", RATE)
    jumps = np.abs(np.diff(heard))
    steady = jumps[round(1.0 * RATE) : round(2.0 * RATE)].max()
    assert jumps.max() <= 1.3 * steady
