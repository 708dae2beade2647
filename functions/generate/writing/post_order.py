"""What somebody may ask for who wants a post written: parsed strictly, every mistake in one answer."""

from typing import Annotated, Final, Literal, Self

import msgspec
from msgspec import Meta

from shared.errors import FieldError, InvalidRequest
from shared.speech import is_language
from shared.video_request import checked, decoded

MAX_THEME: Final = 300  # characters
MAX_NOTES: Final = 6000
SHORTEST: Final = 200  # characters of a post
LONGEST: Final = 3000  # LinkedIn's own limit
LENGTHS: Final = {"short": 500, "medium": 1200, "long": 2200}  # characters, as LinkedIn counts them
TOLERANCE: Final = 0.1

Tone = Literal["professional", "casual", "educational", "entertaining", "inspirational"]


class PostedNotes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be asked for. `theme` or `notes` is needed; each description finishes "must be …"."""

    theme: Annotated[str | None, Meta(description="what the post is about, at most 300 characters")] = None
    notes: Annotated[str | None, Meta(description="what the post shall say, at most 6,000 characters")] = None
    tone: Annotated[Tone, Meta(description="one of professional, casual, educational, entertaining, inspirational")] = (
        "professional"
    )
    target_audience: Annotated[str | None, Meta(description="whom it is for, at most 300 characters")] = None
    length: Annotated[
        Literal["short", "medium", "long"] | Annotated[int, Meta(ge=SHORTEST, le=LONGEST)],
        Meta(description="short, medium, long, or a number of characters from 200 to 3,000"),
    ] = "medium"
    language: Annotated[str | None, Meta(description='a language such as "en" or "pt-BR"')] = None
    include_hashtags: Annotated[bool, Meta(description="true or false")] = True

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """A stranger's JSON; raises InvalidRequest with every mistake at once."""
        raw = decoded(body)
        if not isinstance(raw, dict):
            raise InvalidRequest('The body must be a JSON object such as {"notes": "…"}.')
        values, errors = checked(cls, raw, "")
        for name, most in (("theme", MAX_THEME), ("target_audience", MAX_THEME), ("notes", MAX_NOTES)):
            if len(values.get(name) or "") > most:
                errors.append(FieldError(name, "too_long", f"{name} must have at most {most:,} characters."))
        language = values.get("language")
        if language is not None and not is_language(language):
            errors.append(FieldError("language", "invalid", 'language must be a language such as "en" or "pt-BR".'))
        if not errors and not ((values.get("theme") or "").strip() or (values.get("notes") or "").strip()):
            message = "Send theme, what the post is about, or notes, what it shall say."
            errors.append(FieldError("notes", "required", message))
        if errors:
            told = errors[0].message if len(errors) == 1 else f"{len(errors)} fields need a change."
            raise InvalidRequest(told, errors=errors)
        return cls(**values)

    @property
    def characters(self) -> int:
        return LENGTHS[self.length] if isinstance(self.length, str) else self.length

    @property
    def shortest(self) -> int:
        return round(self.characters * (1 - TOLERANCE))

    @property
    def longest(self) -> int:
        return min(LONGEST, round(self.characters * (1 + TOLERANCE)))
