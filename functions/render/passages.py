"""Scenes of words → passages, what a voice is given in one call (pure); and how long words take to say."""

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

PASSAGE: Final = 600  # bytes of UTF-8 a call: about 40 s of speech, little to lose when a call fails
LONGEST_PASSAGE: Final = 2500  # bytes; the voice service's client splits at 4096, badly where there is no space
SENTENCE_END: Final = re.compile(r"[.!?…。！？।؟۔]\W*$")
CLAUSE_END: Final = re.compile(r"[,;:，、；：،]\W*$")


def spoken_length(word: str) -> float:
    """How long a word takes, in characters: its own, the space after it, and the pause that its last sign asks for."""
    pause = 8 if SENTENCE_END.search(word) else 3 if CLAUSE_END.search(word) else 0
    return len(word) + 1 + pause


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """What a voice is given of one word: all of it, but for words too long for a passage."""

    scene: int
    word: int
    text: str


def passages_of(scenes: Sequence[Sequence[str]], *, without: Container[int] = ()) -> list[list[Piece]]:
    """Cut a film's scenes into what is spoken in one call: at scene ends, and giant scenes at word ends.

    The scenes whose numbers are in `without` need no voice; what stands before and after them is no one passage.
    """
    passages: list[list[Piece]] = [[]]
    room = PASSAGE
    for number, words in enumerate(scenes):
        if not words:
            raise ValueError(f"scene {number} has no words")
        if number in without:
            if passages[-1]:
                passages.append([])
            room = PASSAGE
            continue
        pieces = _pieces(number, words)
        if passages[-1] and sum(map(_size, pieces)) > room:
            passages.append([])
            room = PASSAGE
        spent = PASSAGE - room
        for piece in pieces:
            if passages[-1] and spent + _size(piece) > LONGEST_PASSAGE:
                passages.append([])
                spent = 0
            passages[-1].append(piece)
            spent += _size(piece)
        room = PASSAGE - spent
    return [passage for passage in passages if passage]


def _pieces(scene: int, words: Sequence[str]) -> list[Piece]:
    *before, last = words
    if not unicodedata.category(last[-1]).startswith("P"):
        last += "."  # else the voice runs on into the next scene
    return [
        Piece(scene=scene, word=index, text=part)
        for index, word in enumerate((*before, last))
        for part in _parts(word, LONGEST_PASSAGE // 4)  # a character has at most 4 bytes
    ]


def _parts(word: str, characters: int) -> list[str]:
    return [word[i : i + characters] for i in range(0, len(word), characters)]


def _size(piece: Piece) -> int:
    return len(piece.text.encode()) + 1
