"""Text → pixels: captions and the opening headline, as sprites that are laid over the pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from math import ceil
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from shared.glyphs import LATIN, Face, drawable, pieces
from shared.storyboard import join
from shared.styles import Palette

from .captions import Caption, CaptionWord, set_lines
from .fonts.ink import ASCENT, OVERHANG, Pixels, eight_bit, filled, ink, lay, rounded, shortened, width_of
from .hyphens import broken
from .rows import row

# In ems, that is in parts of the type's size.
MARK_RADIUS: Final = 0.24
HEADLINE_LEADING: Final = 1.22

# In pixels of a frame whose smaller side has 1080.
CAPTION_SIZE: Final = 64
CAPTION_SIZE_WIDE: Final = 72  # a wide frame is shown smaller on a phone
CAPTION_WIDEST: Final = 1440  # on a wide frame the eye should not travel
HEADLINE_SIZES: Final = range(104, 59, -4)
HEADLINE_LINES: Final = 6
HEADLINE_WORDS: Final = 40  # nobody reads more at a glance

PLATE_ALPHA: Final = 0.82  # white text keeps 10:1 even over a white picture; 4.5:1 is asked for
SCRIM_ALPHA: Final = 0.8  # where the headline begins; it deepens to
SCRIM_DEEPEST: Final = 0.94
LINE_PRICE: Final = 0.88  # a headline takes one line more only for type that is larger by more than this
FAINT: Final = 0.5  # words that are not spoken yet: more than 3:1 on the plate
CAPTION_SMALLEST: Final = 52  # a word that is wider even then is broken over two lines
MOST_ROWS: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sprite:
    """A picture to lay over the frame at (x, y): rgba is H×W×4, alpha not multiplied in.

    x, y, width and height are even, so that the halved chroma planes of a frame line up.
    """

    x: int
    y: int
    rgba: Pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class _Proportions:
    """How a script fills its line, in ems: how far the mark of the spoken word reaches out, up and down; and how far
    it is from baseline to baseline in captions.
    """

    out: float = 0.13
    up: float = 0.92
    down: float = 0.28
    leading: float = 1.32


_PROPORTIONS: Final = {
    **dict.fromkeys(("ar", "fa", "ur", "ps"), _Proportions(up=0.98, down=0.46, leading=1.56)),
    **dict.fromkeys(("he", "yi"), _Proportions(up=0.86, down=0.34)),
    **dict.fromkeys(("hi", "mr", "ne"), _Proportions(up=1.02, down=0.36, leading=1.5)),
    "th": _Proportions(out=0.04, up=1.1, down=0.36, leading=1.56),
    **dict.fromkeys(("ja", "zh", "zh-Hant"), _Proportions(out=0.04, up=0.96, down=0.2)),  # no spaces to reach into
    "ko": _Proportions(up=0.96, down=0.2),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    """A word, or a part of one, where it will stand: `x` is its left edge, `y` its baseline, on the sprite."""

    number: int
    text: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Setting:
    """Words set at `size` on a ground whose top left corner lies at (x, y) of the frame."""

    size: int
    words: tuple[_Word, ...]
    x: int
    y: int
    ground: Image.Image


@dataclass(frozen=True, kw_only=True, slots=True)
class _Margins:
    """Parts of the frame's width or height that are left free."""

    side: float
    top: float
    bottom: float
    headline_right: float
    headline_bottom: float


_TALL: Final = _Margins(  # full-screen apps put their buttons on the right and their text at the bottom
    side=0.12, top=0.12, bottom=0.18, headline_right=0.12, headline_bottom=0.2
)
_OTHER: Final = _Margins(side=0.07, top=0.07, bottom=0.07, headline_right=0.07, headline_bottom=0.085)


class Lettering:
    """Draws for one frame size (width, height), one palette, and a film's language and font."""

    def __init__(self, frame: tuple[int, int], palette: Palette, face: Face = LATIN) -> None:
        self._face = face
        self._proportions = _PROPORTIONS.get(face.language, _Proportions())
        self._frame = frame
        self._palette = palette
        self._unit = min(frame) / 1080
        self._margins = _TALL if frame[1] > 1.6 * frame[0] else _OTHER
        self._is_wide = frame[0] > 1.3 * frame[1]
        self._size = max(8, round((CAPTION_SIZE_WIDE if self._is_wide else CAPTION_SIZE) * self._unit))
        self._pad = round(0.6 * self._size)
        # A few of each: a film shows one caption after the other, and each marked word for many frames.
        self._set_caption = lru_cache(maxsize=4)(self._caption_setting)
        self._set_headline = lru_cache(maxsize=2)(self._headline_setting)
        self._drawn = lru_cache(maxsize=3)(self._draw)

    @property
    def width(self) -> float:
        """The longest a line of a caption may be, as `measure` measures it."""
        room = self._frame[0] * (1 - 2 * self._margins.side)
        return min(room, CAPTION_WIDEST * self._unit) - 2 * self._pad

    def measure(self, text: str) -> float:
        """The width of `text` at the size of captions, in pixels."""
        return width_of(text, self._size, self._face)

    def caption(
        self, caption: Caption, active: int | None, *, position: str = "bottom", style: str = "highlight"
    ) -> Sprite:
        """`caption` on its plate, with word number `active` as the one that is spoken.

        `position`: bottom, center or top. `style`: highlight marks the spoken word, classic marks none, word_by_word
        keeps the words faint that are still to come. A caption that is too wide is set smaller, as a whole, down to
        CAPTION_SMALLEST; a word that is wider even then goes on in the next line, and ends with an ellipsis if it must.
        """
        setting = self._set_caption(caption, position)
        if style == "word_by_word":
            return self._drawn(setting, None, len(caption.words) if active is None else active + 1)
        return self._drawn(setting, active if style == "highlight" else None, len(caption.words))

    def hook(self, words: Sequence[CaptionWord], active: int | None) -> Sprite:
        """The film's first sentence as a headline, whole from the first frame on."""
        return self._drawn(self._set_headline(tuple(word.text for word in words[:HEADLINE_WORDS])), active, len(words))

    def fits_hook(self, words: Sequence[CaptionWord]) -> bool:
        """Whether `words` can be set as a headline; if not, they belong into captions."""
        texts = tuple(word.text for word in words)
        if len(texts) > HEADLINE_WORDS or not any(map(pieces, texts)):
            return False
        size = self._headline_sizes()[-1]
        return self._fits_headline(texts, self._headline_lines(texts, size), size)

    def _draw(self, setting: _Setting, marked: int | None, spoken: int) -> Sprite:
        """The words of `setting` on its ground; number `marked` on the accent, those from `spoken` on faint."""
        canvas = setting.ground.copy()
        size, face, tall = setting.size, self._face, self._proportions
        for word in setting.words:  # under all the letters, for where there are no spaces it reaches its neighbours
            if word.number == marked and pieces(word.text, face):
                out, up, down = (round(part * size) for part in (tall.out, tall.up, tall.down))
                box = (ceil(width_of(word.text, size, face)) + 2 * out, up + down)
                mark = filled(self._palette.accent, rounded(*box, round(MARK_RADIUS * size)))
                lay(canvas, mark, word.x - out, word.y - up)
        for word in setting.words:
            colour = self._palette.on_accent if word.number == marked else self._palette.text
            tile = ink(word.text, size, colour, 1.0 if word.number < spoken else FAINT, face)
            lay(canvas, tile, word.x - round(OVERHANG * size), word.y - round(ASCENT * size))
        return Sprite(x=setting.x, y=setting.y, rgba=np.asarray(canvas))

    def _caption_setting(self, caption: Caption, position: str) -> _Setting:
        face, tall = self._face, self._proportions
        texts = [drawable(word.text) for word in caption.words]
        if not any(pieces(text, face) for text in texts):
            return _Setting(size=self._size, words=(), x=0, y=0, ground=Image.new("RGBA", (2, 2)))
        widest = max(self.measure(join(texts[number] for number in line)) for line in caption.lines)
        size = max(int(self._size * min(1.0, self.width / widest)), ceil(CAPTION_SMALLEST * self._unit))
        lines = [[(number, texts[number]) for number in line] for line in caption.lines]
        if len(texts) == 1:
            lines = [[(0, part)] for part in broken(texts[0], size, self.width, face, MOST_ROWS)]
        lines = [[(number, shortened(text, size, self.width, face)) for number, text in line] for line in lines]
        rows = [row([text for _, text in line], size, face) for line in lines]

        plate_width = min(_even(max(width for _, width in rows) + 2 * self._pad), _even_down(self._frame[0]))
        leading = round(tall.leading * size)
        pad = round(0.3 * size)
        rise = round(tall.up * size)
        plate_height = _even(2 * pad + rise + round(tall.down * size) + leading * (len(rows) - 1))
        plate_height = min(plate_height, _even_down(self._frame[1]))
        plate = filled(self._palette.plate, rounded(plate_width, plate_height, round(0.5 * size)), PLATE_ALPHA)

        words = tuple(
            _Word(number=number, text=text, x=(plate_width - width) // 2 + edge, y=pad + rise + place * leading)
            for place, (line, (edges, width)) in enumerate(zip(lines, rows, strict=True))
            for (number, text), edge in zip(line, edges, strict=True)
        )
        top, bottom = self._margins.top * self._frame[1], (1 - self._margins.bottom) * self._frame[1]
        y = {"top": top, "center": (top + bottom - plate_height) / 2}.get(position, bottom - plate_height)
        return _Setting(
            size=size,
            words=words,
            x=_even_down((self._frame[0] - plate_width) / 2),
            y=_even_down(y),
            ground=plate,
        )

    def _headline_setting(self, texts: tuple[str, ...]) -> _Setting:
        """Large type in few lines; what does not even fit at the smallest size is cut off."""
        sizes = self._headline_sizes()
        tried = [(size, self._headline_lines(texts, size)) for size in sizes]
        fitting = [(size, lines) for size, lines in tried if self._fits_headline(texts, lines, size)] or tried[-1:]
        size, lines = max(fitting, key=lambda setting: setting[0] * LINE_PRICE ** len(setting[1]))
        frame_width, frame_height = self._frame
        leading = round(self._headline_leading * size)
        left = round(0.07 * frame_width)
        bar_width, bar_height, bar_gap = (round(part * self._unit) for part in (88, 12, 40))
        rise = bar_height + bar_gap + round(0.8 * size)  # from the top of the bar to the first baseline
        height = rise + leading * (min(len(lines), HEADLINE_LINES) - 1) + round(0.25 * size)
        rows = []
        for line in lines[:HEADLINE_LINES]:
            shown = [shortened(texts[number], size, self._headline_width(), self._face) for number in line]
            rows.append((line, shown, *row(shown, size, self._face)))
        if self._is_wide:
            top = (frame_height - height) // 2
            widest = max((width for *_, width in rows), default=0)
            ground, ground_y = self._scrim_from_the_left(left + max(widest, round(0.3 * frame_width))), 0
        else:
            top = round(frame_height * (1 - self._margins.headline_bottom)) - height
            ground_y = max(0, _even_down(top - 420 * self._unit))
            ground = self._scrim_from_below(ground_y, top)
        bar = filled(self._palette.accent, rounded(bar_width, bar_height, bar_height // 2))
        ground_x, from_right = 0, self._face.reads_from_right
        if from_right:  # the whole page is turned around: lines begin at the right
            ground = ground.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            ground_x = _even_down(frame_width - ground.width)
            left = (
                frame_width - round((0.07 if self._is_wide else self._margins.headline_right) * frame_width) - ground_x
            )
        lay(ground, bar, left - bar_width * from_right, top - ground_y)
        words = tuple(
            _Word(
                number=number,
                text=text,
                x=left + edge - width * from_right,
                y=top - ground_y + rise + place * leading,
            )
            for place, (line, shown, edges, width) in enumerate(rows)
            for number, text, edge in zip(line, shown, edges, strict=True)
        )
        return _Setting(size=size, words=words, x=ground_x, y=ground_y, ground=ground)

    @property
    def _headline_leading(self) -> float:
        return HEADLINE_LEADING + max(0.0, self._proportions.leading - _Proportions().leading)

    def _headline_sizes(self) -> list[int]:
        return [max(8, round(size * self._unit)) for size in HEADLINE_SIZES]

    def _headline_width(self) -> float:
        if self._is_wide:
            return 0.52 * self._frame[0]  # the picture keeps the right side
        return (1 - 0.07 - self._margins.headline_right) * self._frame[0]

    def _headline_lines(self, texts: tuple[str, ...], size: int) -> tuple[tuple[int, ...], ...]:
        return set_lines(texts, measure=partial(width_of, size=size, face=self._face), width=self._headline_width())

    def _fits_headline(self, texts: tuple[str, ...], lines: tuple[tuple[int, ...], ...], size: int) -> bool:
        widest = max((width_of(text, size, self._face) for text in texts), default=0.0)
        if len(lines) > HEADLINE_LINES or widest > self._headline_width():
            return False
        smallest = size == self._headline_sizes()[-1]
        return smallest or len(lines) * self._headline_leading * size <= 0.56 * self._frame[1]

    def _scrim_from_below(self, y: int, text_top: int) -> Image.Image:
        """Darkest at the frame's lower edge, dark up to the text, then fading out towards `y`."""
        width, height = _even_down(self._frame[0]), _even_down(self._frame[1] - y)
        rows = np.arange(height, dtype=np.float64)
        alpha = SCRIM_ALPHA * _smooth(rows / max(1, text_top - y))
        alpha += (SCRIM_DEEPEST - SCRIM_ALPHA) * np.clip((rows + y - text_top) / (self._frame[1] - text_top), 0, 1)
        return filled(self._palette.plate, Image.fromarray(np.repeat(eight_bit(alpha)[:, None], width, axis=1)))

    def _scrim_from_the_left(self, text_right: int) -> Image.Image:
        """Dark from the frame's left edge to the end of the text, then fading out."""
        fade = 620 * self._unit
        width, height = _even(min(self._frame[0], text_right + fade)), _even_down(self._frame[1])
        columns = np.arange(width, dtype=np.float64)
        alpha = SCRIM_ALPHA * _smooth((width - columns) / fade)
        alpha += (SCRIM_DEEPEST - SCRIM_ALPHA) * np.clip(1 - columns / text_right, 0, 1)
        return filled(self._palette.plate, Image.fromarray(np.repeat(eight_bit(alpha)[None, :], height, axis=0)))


def _smooth(progress: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    within: npt.NDArray[np.float64] = np.clip(progress, 0, 1)
    return within * within * (3 - 2 * within)


def _even(length: float) -> int:
    return 2 * ceil(length / 2)


def _even_down(length: float) -> int:
    return 2 * int(length // 2)
