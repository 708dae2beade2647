"""Who writes a post: the language model where there is one, the notes themselves where there is none or it fails."""

import logging
import math
from dataclasses import replace

from shared import log
from shared.config import Settings
from shared.errors import InvalidRequest, Unavailable
from shared.jobs import JobWarning

from . import offline
from .post_order import PostedNotes
from .written import WrittenPost


def write(order: PostedNotes, settings: Settings) -> WrittenPost:
    """Raises InvalidRequest, Unavailable."""
    if not (settings.llm_base_url and settings.llm_model):
        return offline.write(order)
    from . import llm  # with requests, which only this needs
    from .chat import Chat, ChatFailed

    chat = Chat(base_url=settings.llm_base_url, model=settings.llm_model, key=settings.llm_api_key)
    try:
        return llm.write(order, chat)
    except ChatFailed as error:
        log.event("writing_failed", level=logging.WARNING, detail=str(error))
        return _without_model(order, error.public, error.wait, error)


def _without_model(order: PostedNotes, why: str, wait: float | None, error: Exception) -> WrittenPost:
    again = max(5, math.ceil(wait or 0))
    try:
        written = offline.write(order)
    except InvalidRequest:  # there is nothing but a theme
        detail = f"{why} Try again later, or send notes: they are put into shape without it."
        raise Unavailable(detail, retry_after_seconds=again) from error
    told = JobWarning(code="written_offline", message=f"{why} Your notes were put into shape without it.")
    return replace(written, warnings=(told, *written.warnings))
