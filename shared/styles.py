"""The styles a film can have: palette, pace and temper, by name."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colours as #rrggbb. `ground` runs from the darkest to the lightest of the drawn backgrounds."""

    ground: tuple[str, str, str, str]
    accent: str  # the spoken word, the progress of a thought
    on_accent: str  # text that stands on the accent
    plate: str  # what captions stand on
    text: str  # text that stands on the plate


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """One look. `travel` is how much of the frame's width or height a shot moves over, 0..1."""

    name: str
    palette: Palette
    travel: float


STYLES: Final[dict[str, Style]] = {
    style.name: style
    for style in (
        Style(
            name="professional",
            palette=Palette(
                ground=("#07182e", "#0b2c52", "#14589b", "#6fb1ee"),
                accent="#ffd166",
                on_accent="#14202e",
                plate="#08131f",
                text="#ffffff",
            ),
            travel=0.05,
        ),
        Style(
            name="casual",
            palette=Palette(
                ground=("#2b1a2f", "#6b3a4f", "#d9765f", "#ffc58f"),
                accent="#ffe3a3",
                on_accent="#3a2030",
                plate="#22131f",
                text="#fffaf3",
            ),
            travel=0.06,
        ),
        Style(
            name="educational",
            palette=Palette(
                ground=("#06251f", "#0c4a41", "#1d8a74", "#9be3c4"),
                accent="#c8f560",
                on_accent="#10291f",
                plate="#071d19",
                text="#ffffff",
            ),
            travel=0.04,
        ),
        Style(
            name="entertaining",
            palette=Palette(
                ground=("#1e0b3c", "#4c1b8f", "#c03aa5", "#ff9e7a"),
                accent="#7dffd8",
                on_accent="#15163a",
                plate="#170a2c",
                text="#ffffff",
            ),
            travel=0.08,
        ),
        Style(
            name="dynamic",
            palette=Palette(
                ground=("#0d0d10", "#23232b", "#5b1a1f", "#ff5a36"),
                accent="#ff7a45",
                on_accent="#1c0b06",
                plate="#0c0c0f",
                text="#ffffff",
            ),
            travel=0.09,
        ),
    )
}
