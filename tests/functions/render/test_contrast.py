"""Whether captions can be read in the finished film, over pictures made to spoil them, also by the colour-blind."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ImageColor

from functions.render.captions import CaptionWord
from functions.render.encoder import QUALITIES, encode
from functions.render.frames import FrameSource
from functions.render.lettering import Lettering
from functions.render.pictures import Picture
from functions.render.timeline import Shot, Timeline
from functions.render.titles import Titles
from shared.styles import STYLES
from shared.video_request import CaptionOptions
from tests.functions.render.reading import decoded

SIZE = (720, 900)
MOMENT = 1.9  # in the middle of the third word: some are spoken, some are not
# What those see who lack one kind of cone, from linear red, green, blue (Viénot, Brettel and Mollon, 1999).
SIGHTS = {
    "all colours": np.eye(3),
    "without red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "without green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def picture(kind: str) -> NDArray[np.uint8]:
    rows, columns = np.indices((1400, 1120))
    board = ((rows // 24 + columns // 24) % 2 * 255).astype(np.uint8)
    grey = {"white": np.full_like(board, 255), "black": np.zeros_like(board), "checkered": board}[kind]
    return np.repeat(grey[..., None], 3, axis=2)


def filmed(style: str, kind: str, captions: str, folder: Path) -> NDArray[np.float64]:
    """The frame at MOMENT as linear red, green, blue, 0..1, cut to the plate."""
    hook = (CaptionWord(text="Hook", start=0.1, end=0.4),)
    words = tuple(CaptionWord(text=text, start=0.6 + n * 0.5, end=1.0 + n * 0.5) for n, text in enumerate(["HHH"] * 5))
    timeline = Timeline(
        shots=(Shot(number=0, start=0, end=4, fade=0),),
        scenes=(hook, words),
        voice=np.zeros(10, np.int16),
        sample_rate=44100,
        duration=2.2,
    )
    lettering = Lettering(SIZE, STYLES[style].palette)
    titles = Titles.of(timeline, lettering, CaptionOptions(style=captions))  # type: ignore[arg-type]
    source = FrameSource(
        timeline,
        size=SIZE,
        picture=lambda shot: Picture(pixels=picture(kind), source="test"),
        overlay=titles.at,
        move="none",
        travel=0.0,
        seed="",
    )
    film = folder / f"{style}.mp4"
    encode(source, film, size=SIZE, quality=QUALITIES["standard"], keyframes=[], check=lambda: None)
    sprite = titles.at(MOMENT)
    assert sprite is not None
    frame = decoded(film, SIZE)[round(MOMENT * 25)]
    height, width = sprite.rgba.shape[:2]
    share = frame[sprite.y + 6 : sprite.y + height - 6, sprite.x + 20 : sprite.x + width - 20, ::-1] / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lit(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("kind", ["white", "black", "checkered"])
@pytest.mark.parametrize("style", STYLES)
def test_captions_stand_out_in_the_finished_film(style: str, kind: str, tmp_path: Path) -> None:
    linear = filmed(style, kind, "highlight", tmp_path)
    accent = np.array(ImageColor.getrgb(STYLES[style].palette.accent)[:3]) / 255
    linear_accent = np.where(accent <= 0.04045, accent / 12.92, ((accent + 0.055) / 1.055) ** 2.4)
    for sight, seen in SIGHTS.items():
        light = lit(np.clip(linear @ seen.T, 0, 1))
        marked = np.abs(linear - linear_accent).max(axis=-1) < 0.12
        rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
        inside = light[rows[0] + 4 : rows[-1] - 4, columns[0] + 8 : columns[-1] - 8]
        beside = light[:, columns[-1] + 20 :]
        plate, text = np.quantile(beside, 0.5), np.quantile(beside, 0.97)
        assert contrast(text, plate) >= 4.5, f"words on the plate, {sight}"
        assert contrast(float(np.quantile(inside, 0.85)), float(np.quantile(inside, 0.02))) >= 4.5, f"the word, {sight}"
        assert contrast(float(np.quantile(inside, 0.85)), float(plate)) >= 3, f"the mark on the plate, {sight}"


@pytest.mark.parametrize("style", STYLES)
def test_words_to_come_can_be_seen_in_the_finished_film(style: str, tmp_path: Path) -> None:
    light = lit(filmed(style, "white", "word_by_word", tmp_path))
    left, right = light[:, : light.shape[1] // 3], light[:, -light.shape[1] // 4 :]
    plate = float(np.median(light))
    assert contrast(float(np.quantile(left, 0.97)), plate) >= 4.5
    assert 3 <= contrast(float(np.quantile(right, 0.985)), plate) < contrast(float(np.quantile(left, 0.97)), plate)
