"""The film with MoviePy 2, as its manual teaches it: run by the Python of a virtual environment that has it.

`python with_moviepy.py MATERIAL.json TARGET.mp4` prints one line of JSON.
"""

import json
import sys
import time
from typing import Any, Final

from moviepy import (  # type: ignore[import-not-found]
    AudioFileClip,
    ColorClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    vfx,
)
from PIL import ImageColor

ZOOM: Final = (1.04, 1.16)
BOTTOM: Final = 0.86  # of the frame's height: where captions end
WIDTH: Final = 0.8  # of the frame's width: the longest line
GAP: Final = 8  # pixels around a word
ROOM: Final = 24  # pixels above and below a word: with less, MoviePy cuts letters off
PAD: Final = 16  # pixels around a caption
LINE_HEIGHT: Final = 1.3


def main(material: dict[str, Any], target: str) -> None:
    began = time.monotonic()
    size = material["width"], material["height"]
    clips = [_shot(shot, size) for shot in material["shots"]]
    clips += [clip for line in material["lines"] for clip in _caption(line, material)]
    film = CompositeVideoClip(clips, size=size).with_duration(material["seconds"])
    film.with_audio(AudioFileClip(material["sound"])).write_videofile(
        target,
        fps=material["fps"],
        codec="libx264",
        audio_codec="aac",
        preset="veryfast",  # ours and the other peers' too; MoviePy's own is the slower "medium"
        threads=2,
        logger=None,
    )
    print(json.dumps({"wall": time.monotonic() - began}))


def _shot(shot: dict[str, Any], size: tuple[int, int]) -> Any:
    begin = max(0.0, shot["start"] - shot["fade"] / 2)
    seconds = shot["end"] + shot["fade"] / 2 - begin
    picture = ImageClip(shot["picture"])
    scale = max(size[0] / picture.w, size[1] / picture.h)
    clip = picture.resized(scale).cropped(x_center=picture.w * scale / 2, width=size[0]).with_duration(seconds)
    if begin:
        clip = clip.with_effects([vfx.CrossFadeIn(shot["fade"])])  # before it moves: its mask must grow with it
    moving = clip.resized(lambda t: ZOOM[0] + (ZOOM[1] - ZOOM[0]) * t / seconds)
    return moving.with_position("center").with_start(begin)


def _caption(line: dict[str, Any], material: dict[str, Any]) -> list[Any]:
    """A plate, a clip for each word, and one more in the accent while it is spoken: a TextClip has one colour."""
    end = min(line["end"], material["seconds"])
    edges = [line["start"], *line["marks"][1:], end]
    letters = [_word(word, material["text"], material) for word in line["words"]]
    rows = _rows([clip.w for clip in letters], round(material["width"] * WIDTH))
    height = round(LINE_HEIGHT * material["letter_size"])
    top = round(material["height"] * BOTTOM) - height * len(rows)
    widest = max(sum(letters[number].w for number in row) for row in rows)
    plate = ColorClip((widest + 2 * PAD, height * len(rows) + 2 * PAD), ImageColor.getrgb(material["plate"]))
    clips = [plate.with_position(("center", top - PAD)).with_start(line["start"]).with_end(end)]
    for place, row in enumerate(rows):
        x = (material["width"] - sum(letters[number].w for number in row)) // 2
        for number in row:
            at = (x, top + place * height - ROOM)
            clips.append(letters[number].with_position(at).with_start(line["start"]).with_end(end))
            marked = _word(line["words"][number], material["accent"], material)
            clips.append(marked.with_position(at).with_start(edges[number]).with_end(edges[number + 1]))
            x += letters[number].w
    return clips


def _word(text: str, colour: str, material: dict[str, Any]) -> Any:
    return TextClip(
        font=material["font"], text=text, font_size=material["letter_size"], color=colour, margin=(GAP, ROOM)
    )


def _rows(widths: list[int], width: int) -> list[list[int]]:
    """Indices of words, as many in a row as there is room for."""
    rows: list[list[int]] = [[]]
    for number, own in enumerate(widths):
        if rows[-1] and sum(widths[other] for other in rows[-1]) + own > width:
            rows.append([])
        rows[-1].append(number)
    return rows


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - a script as its reader would write it
        main(json.load(file), sys.argv[2])
