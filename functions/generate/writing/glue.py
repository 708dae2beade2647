"""The few words that we add to somebody's notes: a question, in the language of the notes or not at all."""

from functools import cache
from typing import Final

from shared.storyboard.frequent_words import WORDS
from shared.storyboard.language import UNSURE, detect

# By language, then by tone: a question that fits whatever stands above it.
QUESTIONS: Final[dict[str, dict[str, str]]] = {
    "en": {"professional": "What is your experience with this?", "casual": "How do you see it?",
           "educational": "What would you add?", "entertaining": "Does that sound familiar?",
           "inspirational": "What does this mean to you?"},
    "de": {"professional": "Welche Erfahrungen habt ihr damit gemacht?", "casual": "Wie seht ihr das?",
           "educational": "Was würdet ihr ergänzen?", "entertaining": "Kommt euch das bekannt vor?",
           "inspirational": "Was bedeutet das für euch?"},
    "fr": {"professional": "Quelle est votre expérience sur ce sujet ?", "casual": "Et vous, qu'en pensez-vous ?",
           "educational": "Qu'ajouteriez-vous ?", "entertaining": "Cela vous rappelle quelque chose ?",
           "inspirational": "Qu'est-ce que cela représente pour vous ?"},
    "es": {"professional": "¿Cuál es tu experiencia con esto?", "casual": "¿Cómo lo ves?",
           "educational": "¿Qué añadirías?", "entertaining": "¿Te suena?",
           "inspirational": "¿Qué significa esto para ti?"},
    "pt": {"professional": "Qual é a sua experiência com isso?", "casual": "Como você vê isso?",
           "educational": "O que você acrescentaria?", "entertaining": "Isso soa familiar?",
           "inspirational": "O que isso significa para você?"},
    "it": {"professional": "Qual è la vostra esperienza?", "casual": "Voi come la vedete?",
           "educational": "Che cosa aggiungereste?", "entertaining": "Vi suona familiare?",
           "inspirational": "Che cosa significa per voi?"},
    "nl": {"professional": "Wat is jouw ervaring hiermee?", "casual": "Hoe zie jij dit?",
           "educational": "Wat zou je toevoegen?", "entertaining": "Klinkt dat bekend?",
           "inspirational": "Wat betekent dit voor jou?"},
}  # fmt: skip
SURE_WORDS: Final = 8  # from so many on the language of a text is told right
ENOUGH: Final = 2000  # characters that tell it


def language_of(notes: str, asked: str | None) -> str:
    """The language that notes are written in; "" where nothing tells. What was asked for decides about short notes."""
    words = notes.lower().split()
    if asked and len(words) < SURE_WORDS:
        return primary(asked)
    language = detect(notes[:ENOUGH])
    if language == UNSURE and not set(words) & set(WORDS[UNSURE].split()):
        return ""
    return language


@cache
def common_words() -> frozenset[str]:
    """What says nothing of a subject, in any language that has a table."""
    return frozenset().union(*(words.split() for words in WORDS.values()))


def primary(language: str) -> str:
    """`pt-BR` → `pt`; both kinds of written Norwegian are one."""
    tag = language.partition("-")[0].lower()
    return "nb" if tag in ("no", "nn") else tag
