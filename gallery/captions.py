"""Posts → films → contact sheets of their captions: one frame for each caption, as it stands in the finished film.

    python -m gallery.captions OUT [POST.txt ...]

Without posts it takes twenty of those that the storyboard is tested with. The films are silent: no network is needed.
"""

import sys
from collections.abc import Sequence
from itertools import dropwhile
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from functions.render.encoder import QUALITIES, encode
from functions.render.frames import FrameSource
from functions.render.lettering import Lettering
from functions.render.narrators.silent import SilentNarrator
from functions.render.sources.drawn import DrawnBackgrounds
from functions.render.timeline import FPS, lay_out
from functions.render.titles import Titles
from shared.glyphs import face_of
from shared.storyboard import build
from shared.styles import STYLES
from shared.video_request import CaptionOptions

POSTS: Final = Path(__file__).parents[1] / "tests" / "shared" / "storyboard" / "posts"
SIZE: Final = (720, 900)
CELL: Final = (288, 360)
COLUMNS: Final = 6
ENGLISH: Final = 8  # of the twenty; the others are the first and second of each other language


def main(arguments: Sequence[str]) -> None:
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    for number, post in enumerate([Path(name) for name in arguments[1:]] or chosen()):
        content = post.read_text("utf-8").split("=== scenes ===")[0]
        content = "\n".join(dropwhile(lambda line: line.startswith("# "), content.splitlines())).strip()
        sheet = contact_sheet(content, list(STYLES)[number % len(STYLES)])
        cv2.imwrite(str(out / f"{post.stem}.png"), sheet)
        print(post.stem)


def chosen() -> list[Path]:
    """Twenty posts: English ones, and some of each other language."""
    posts = sorted(POSTS.glob("*.txt"))
    english = [post for post in posts if post.name.startswith("en_")][:ENGLISH]
    others = [post for post in posts if not post.name.startswith("en_")]
    return english + [post for place, post in enumerate(others) if place % 2 == 0][: 20 - len(english)]


def contact_sheet(content: str, style: str) -> NDArray[np.uint8]:
    """The film of a post, a cell for the headline and for each caption: rows x columns of blue, green, red."""
    storyboard = build(content, max_seconds=60)
    narrator = SilentNarrator(rate=1.0, sample_rate=24_000)
    timeline = lay_out(
        [[word.shown for word in scene.words] for scene in storyboard.scenes],
        [narrator.narrate([word.spoken for word in scene.words]) for scene in storyboard.scenes],
        segment_seconds=5.0,
        pictures=None,
        fades=True,
    )
    face = face_of(storyboard.language, "".join(scene.shown for scene in storyboard.scenes))
    titles = Titles.of(timeline, Lettering(SIZE, STYLES[style].palette, face), CaptionOptions())
    backgrounds = DrawnBackgrounds(STYLES[style].palette, content)
    source = FrameSource(
        timeline,
        size=SIZE,
        picture=lambda shot: backgrounds.find(shot, SIZE),
        overlay=titles.at,
        move="auto",
        travel=STYLES[style].travel,
        seed=content,
    )
    moments = [0.4, *((caption.start + caption.end) / 2 for caption in titles.burned)]
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        encode(source, film, size=SIZE, quality=QUALITIES["preview"], keyframes=[], check=lambda: None)
        frames = cv2.VideoCapture(str(film))
        cells = [_frame(frames, round(moment * FPS)) for moment in moments]
    rows = ceil(len(cells) / COLUMNS)
    sheet = np.zeros((rows * CELL[1], COLUMNS * CELL[0], 3), np.uint8)
    for place, cell in enumerate(cells):
        top, left = place // COLUMNS * CELL[1], place % COLUMNS * CELL[0]
        sheet[top : top + CELL[1], left : left + CELL[0]] = cv2.resize(cell, CELL, interpolation=cv2.INTER_AREA)
    return sheet


def _frame(film: cv2.VideoCapture, number: int) -> NDArray[np.uint8]:
    film.set(cv2.CAP_PROP_POS_FRAMES, number)
    read, frame = film.read()
    if not read:
        raise SystemExit(f"frame {number} cannot be read")
    return np.asarray(frame, np.uint8)


if __name__ == "__main__":
    main(sys.argv[1:])
