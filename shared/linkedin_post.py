"""A post as LinkedIn takes it: its text for the API, what shows above "see more", its hashtags and its length.

The text for the API is LinkedIn's "little text" (learn.microsoft.com, "little Text Format"). By its grammar reserved
characters stand for themselves only behind a backslash, in addresses as anywhere else; `#` and a word is a hashtag;
`@[Name](urn)` is a mention. What is reserved and stands bare ends the post there, without an error.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from shared.jobs import FoldPreview, LinkedInPost

_RESERVED: Final = re.compile(r"[\\|{}@\[\]()<>#*_~]")
_ESCAPED: Final = re.compile(r"\\([\\|{}@\[\]()<>#*_~])")
_MENTION: Final = re.compile(r"@\[([^\[\]\n]{1,200})\]\((urn:li:(?:person|organization):[A-Za-z0-9_-]{1,100})\)")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_COPIED: Final = re.compile(r"(?<!\w)hashtag(?=#\w)")  # what LinkedIn's page puts before a hashtag that is copied
_JOINERS: Final = "\u200c\u200d"  # inside words of Persian and of the languages of India
_CLOSING: Final = " \t\n,;:–—-"
MOBILE_CHARACTERS: Final = 140  # in three lines of a phone's feed; nowhere promised, so about
DESKTOP_CHARACTERS: Final = 210
LINES: Final = 3

BURNED_IN: Final = "Do not upload the SRT: the captions are in the picture, and would stand there twice."
NOT_BURNED_IN: Final = "Upload the SRT with the video: the picture has no captions of its own, and many watch muted."
NO_CAPTIONS: Final = "There is no SRT to upload: the film has no captions."


def pack(content: str, transcript_scenes: Sequence[str], *, captions_burned: bool, has_captions: bool) -> LinkedInPost:
    """All of it, for the post `content` and the words that its film shows, scene by scene.

    `captions_burned`: they stand in the picture; `has_captions`: there is an SRT.
    """
    if not has_captions:
        upload = NO_CAPTIONS
    else:
        upload = BURNED_IN if captions_burned else NOT_BURNED_IN
    return LinkedInPost(
        commentary=commentary(content),
        fold_preview=fold_preview(content),
        character_count=character_count(content),
        hashtags=hashtags(content),
        transcript="\n\n".join(" ".join(scene.split()) for scene in transcript_scenes if scene.strip()),
        upload_captions=upload,
    )


def character_count(content: str) -> int:
    """As LinkedIn counts to its limit of 3,000, or above it: UTF-16 code units, so that most emoji are two."""
    return len(content.encode("utf-16-le", "surrogatepass")) // 2


def hashtags(content: str) -> tuple[str, ...]:
    """The hashtags of a post without their `#`, each once whatever its capitals, in their order."""
    found: dict[str, str] = {}
    for kind, text in _parts(content):
        if kind == "hashtag":
            found.setdefault(text[1:].casefold(), text[1:])
    return tuple(found.values())


def commentary(content: str) -> str:
    r"""The post for the field `commentary` of LinkedIn's Posts API: hashtags and mentions kept, the rest escaped.

    `content` is the post as a person writes it, and not escaped before. `hashtag#AI`, as LinkedIn's own page copies
    `#AI`, becomes `#AI` again. It is not for comments, which LinkedIn shows as they are, backslashes included.
    """
    written = []
    for kind, text in _parts(content):
        if kind == "hashtag":
            written.append("#" + _escaped(text[1:]))  # of its characters only `_` is reserved
        elif kind == "mention":
            name, urn = _MENTION.fullmatch(text).groups()  # type: ignore[union-attr]  # it was found by this pattern
            written.append(f"@[{_escaped(name)}]({urn})")
        else:
            written.append(_escaped(text))
    return "".join(written)


def plain(little: str) -> str:
    """The inverse of `commentary`, mentions as `@[Name](urn)`."""
    return _ESCAPED.sub(r"\1", little)


def without_hashtags(content: str) -> str:
    """Lines of hashtags are gone; a hashtag inside a sentence is a word of it."""
    lines = []
    for line in content.split("\n"):
        parts = list(_parts(line))
        if any(kind == "hashtag" for kind, _ in parts) and not any(
            kind != "hashtag" and re.search(r"\w", text) for kind, text in parts
        ):
            continue
        lines.append("".join(text[1:] if kind == "hashtag" else text for kind, text in parts))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fold_preview(content: str) -> FoldPreview:
    """About what LinkedIn shows of a post in the feed: three lines, empty ones included, of about 47 or 70 characters.

    A line that is broken by its author is a line, however short. Wide letters (Chinese, emoji) count as two.
    """
    shown = _MENTION.sub(r"\1", _COPIED.sub("", content)).strip()
    return FoldPreview(
        mobile=_above_the_fold(shown, MOBILE_CHARACTERS), desktop=_above_the_fold(shown, DESKTOP_CHARACTERS)
    )


def _parts(content: str) -> Iterator[tuple[str, str]]:
    """(kind, text) from the beginning to the end; kinds are `text`, `hashtag`, `mention`.

    A hashtag is `#` at the beginning of a word with letters or digits behind it, one letter at least: not `C#`, not
    `#1`, not the end of an address.
    """
    content = _COPIED.sub("", content)
    begun, at = 0, 0
    after_hashtag = False
    while at < len(content):
        end = 0
        kind = "text"
        character = content[at]
        if character in "#＃" and (after_hashtag or _begins_word(content, at)):
            end, kind = _end_of_hashtag(content, at), "hashtag"
        elif character == "@" and (mention := _MENTION.match(content, at)):
            end, kind = mention.end(), "mention"
        elif character in "hHwW" and _begins_word(content, at) and (address := _ADDRESS.match(content, at)):
            at, after_hashtag = address.end(), False
            continue
        if not end:
            at, after_hashtag = at + 1, False
            continue
        if begun < at:
            yield "text", content[begun:at]
        yield kind, content[at:end]
        begun = at = end
        after_hashtag = kind == "hashtag"
    if begun < len(content):
        yield "text", content[begun:]


def _begins_word(content: str, at: int) -> bool:
    return at == 0 or not (_is_of_word(content[at - 1]) or content[at - 1] in "/&=@")


def _end_of_hashtag(content: str, at: int) -> int:
    """Where the hashtag that begins at `at` ends; 0 where there is none."""
    end = at + 1
    while end < len(content) and (_is_of_word(content[end]) or content[end] in _JOINERS):
        end += 1
    while content[end - 1] in _JOINERS:
        end -= 1
    word = content[at + 1 : end]
    begins_well = word[:1].isalnum() or word[:1] == "_"  # a mark behind the sign makes an emoji of it
    return end if begins_well and any(character.isalpha() for character in word) else 0


def _is_of_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LMN"


def _escaped(text: str) -> str:
    return _RESERVED.sub(lambda found: "\\" + found[0], text)


def _above_the_fold(text: str, characters: int) -> str:
    left = LINES
    kept: list[str] = []
    lines = text.split("\n")
    for line in lines:
        rows = max(1, -(-LINES * _width(line) // characters))
        if rows > left:
            if left:
                kept.append(_cut(line, left * characters // LINES))
            break
        kept.append(line)
        left -= rows
    else:
        return text
    return "\n".join(kept).rstrip(_CLOSING) + "…"


def _cut(line: str, width: int) -> str:
    """As much of the line as is that wide, whole words where it has spaces."""
    end = taken = 0
    while taken + (wide := _width(line[end])) <= width:
        taken += wide
        end += 1
    space = line.rfind(" ", 0, end + 1)
    if space > end // 2:
        return line[:space]
    while end > 1 and (_width(line[end]) == 0 or line[end - 1] == "\u200d"):
        end -= 1  # not between a letter and its marks
    return line[:end]


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
