"""A post as it was written, and what is answered about it."""

from dataclasses import dataclass
from typing import Any, Literal

from shared.jobs import JobWarning
from shared.linkedin_post import character_count, commentary, fold_preview, hashtags


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenPost:
    """`engine`: `llm`, or `offline`: the notes, put into a post's shape."""

    content: str
    engine: Literal["llm", "offline"]
    warnings: tuple[JobWarning, ...] = ()

    def answer(self) -> dict[str, Any]:
        preview = fold_preview(self.content)
        return {
            "content": self.content,
            "commentary": commentary(self.content),
            "character_count": character_count(self.content),
            "hashtags": list(hashtags(self.content)),
            "fold_preview": {"mobile": preview.mobile, "desktop": preview.desktop},
            "engine": self.engine,
            "warnings": [{"code": warning.code, "message": warning.message} for warning in self.warnings],
        }
