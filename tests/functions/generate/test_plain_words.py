"""A post that has something to say beyond doubt needs no storyboard to be taken; and the storyboard agrees."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from functions.generate.plain_words import says_something
from shared.storyboard import build

ROOT = Path(__file__).parent.parent.parent.parent
WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14)
PLAIN = st.builds(
    lambda words, commas, end: words[0].capitalize() + "".join(
        f"{',' if comma else ''} {word}" for word, comma in zip(words[1:], commas, strict=False)
    ) + end,
    st.lists(WORDS, min_size=5, max_size=20),
    st.lists(st.booleans(), min_size=20, max_size=20),
    st.sampled_from(".!?"),
)  # fmt: skip
AROUND = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            "https://example.com",
            "Read more: https://x.co",
            "Link:",
            "#a #b",
            "🎉🎉",
            "1️⃣",
            "> quote",
            "- ",
            "\u202e",
            "🔟",
        ]
    ),
)


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        ("I turned down a promotion last year.\n\nEveryone thought I was mad.", True),
        ("Hook\n\nIt wasn't easy, but we shipped it!\n\n#shipping", True),
        ("Die Zukunft gehört denen, die heute handeln.", False),
        ("Short. And sharp. Like this. Every. Time.", False),
        ("Read more about it here: https://example.com", False),
        ("#one #two #three #four #five", False),
        ("", False),
    ],
)
def test_plain_sentences_are_seen_and_everything_else_is_left_to_the_storyboard(content: str, plain: bool) -> None:
    assert says_something(content) is plain


@given(st.lists(AROUND, max_size=4), PLAIN, st.lists(AROUND, max_size=4))
@example(["Link in the first comment below:"], "Read more about it here.", ["https://example.com"])
@example([], "Hashtag one two three four.", ["#a #b"])
@settings(max_examples=300, deadline=None)
def test_the_storyboard_finds_something_to_say_wherever_a_plain_sentence_stands(
    before: list[str], sentence: str, after: list[str]
) -> None:
    content = "\n".join([*before, sentence, *after])
    assert says_something(content)
    assert build(content, max_seconds=60).scenes


def test_a_post_without_a_word_is_still_refused(client: Client) -> None:
    for content in ("🎉🎉", "https://example.com", "#a #b"):
        answer = client.post("/api/video/generate", json={"content": content})
        assert (answer.status_code, answer.json and answer.json["code"]) == (422, "nothing_to_narrate")


def test_a_plain_post_loads_no_rules(redis_url: str, tmp_path: Path) -> None:
    program = """
import sys
from shared.http import one_process
from shared.services import from_environment
import functions.generate.main as generate
class Held:
    def enqueue(self, request): pass
from_environment().queue = Held()
client = one_process(generate.endpoint).test_client()
print(client.post("/api/video/generate", json={"content": "It was not easy, but we did it."}).status_code)
print("regex" in sys.modules)
print(client.post("/api/video/generate", json={"content": "Kurz und gut."}).status_code)
print("regex" in sys.modules)
"""
    environment = {"REDIS_URL": redis_url, "DATA_DIR": str(tmp_path), "TASK_HMAC_KEYS": "k"}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.stdout.split() == ["202", "False", "202", "True"], ran.stderr
