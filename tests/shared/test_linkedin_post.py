"""A post for LinkedIn's API and for its reader: nothing is cut, nothing is made up, nothing is escaped twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.linkedin_post import (
    BURNED_IN,
    NO_CAPTIONS,
    NOT_BURNED_IN,
    character_count,
    commentary,
    fold_preview,
    hashtags,
    pack,
    plain,
    without_hashtags,
)

RESERVED = "\\|{}@[]()<>#*_~"
MENTION = "@[Jane (UK) Doe](urn:li:person:a_B-1)"


class Cut(Exception):
    """LinkedIn would end the post here."""


def read(little: str) -> tuple[str, list[str], list[str]]:
    """Little text as its grammar has it: what is shown, its hashtags, its mentions. Raises Cut where it breaks off."""
    shown, tags, mentions = "", [], []
    at = 0
    while at < len(little):
        letter = little[at]
        if letter == "\\":
            if at + 1 == len(little) or little[at + 1] not in RESERVED:
                raise Cut(little[at:])
            shown, at = shown + little[at + 1], at + 2
        elif letter == "#":
            word = re.match(r"(?:\\_|[^\W_]|[\u0300-\u036f\u0900-\u097f\u200c\u200d])+", little[at + 1 :])
            if not word:
                raise Cut(little[at:])
            tags.append(word[0].replace("\\_", "_"))
            shown, at = shown + "#" + tags[-1], at + 1 + word.end()
        elif letter == "@":
            found = re.match(r"@\[((?:\\.|[^\\\]])+)\]\((urn:li:(?:person|organization):[\w-]+)\)", little[at:])
            if not found:
                raise Cut(little[at:])
            name = re.sub(r"\\(.)", r"\1", found[1])
            mentions.append(found[2])
            shown, at = shown + f"@[{name}]({found[2]})", at + found.end()
        elif letter in RESERVED:
            raise Cut(little[at:])
        else:
            shown, at = shown + letter, at + 1
    return shown, tags, mentions


def test_the_reader_of_these_tests_breaks_off_as_linkedin_does() -> None:
    with pytest.raises(Cut):
        read("This is a test. (This is also a test.)")


@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                [*RESERVED, "#AI", "#a_b", "\n", MENTION, "https://x.example/a_b?(c)#d", "hash", "#1", "C#"]
            ),
        )
    ).map("".join)
)
def test_whatever_is_posted_arrives_whole(content: str) -> None:
    content = content.encode("utf-16", "surrogatepass").decode("utf-16", "ignore").replace("hashtag#", "")
    little = commentary(content)
    shown, _, _ = read(little)
    assert shown == content == plain(little)


@pytest.mark.parametrize(
    ("content", "little"),
    [
        ("Grew 12% (in Q3) *fast*_ly_", r"Grew 12% \(in Q3\) \*fast\*\_ly\_"),
        ("a\\b {c|d} <e> ~f [g]", r"a\\b \{c\|d\} \<e\> \~f \[g\]"),
        (r"\(not escaped before\)", r"\\\(not escaped before\\\)"),
        ("Loving #AI and #FutureOfWork.", "Loving #AI and #FutureOfWork."),
        ("#AI#ML glued", "#AI#ML glued"),
        ("#open_to_work", r"#open\_to\_work"),
        ("We are #1 in C# and F#, see a#b", r"We are \#1 in C\# and F\#, see a\#b"),
        ("#100DaysOfCode, #2024", r"#100DaysOfCode, \#2024"),
        ("#️⃣ first", "\\#️⃣ first"),
        ("#हिन्दी में", "#हिन्दी में"),
        ("(#AI)", r"\(#AI\)"),
        ("hashtag#AI hashtag#Growth", "#AI #Growth"),
        ("Thanks @[Acme (UK)](urn:li:organization:12)!", r"Thanks @[Acme \(UK\)](urn:li:organization:12)!"),
        ("Ask @jane, mail a@b.example", r"Ask \@jane, mail a\@b.example"),
        ("@[x](javascript:y) @[x]", r"\@\[x\]\(javascript:y\) \@\[x\]"),
        ("https://e.example/a_(b)#AI ok", r"https://e.example/a\_\(b\)\#AI ok"),
        ("See www.e.example/#top #AI", r"See www.e.example/\#top #AI"),
    ],
)
def test_what_is_meant_as_a_hashtag_or_a_mention_stays_one_and_the_rest_is_escaped(content: str, little: str) -> None:
    assert commentary(content) == little
    read(little)


def test_an_address_is_the_same_when_linkedin_has_read_it() -> None:
    address = "https://e.example/a_b/(c)?utm_source=x~y&z=@w#part-1"
    assert read(commentary(f"See {address} for #more"))[:2] == (f"See {address} for #more", ["more"])


def test_mentions_are_found_with_their_urn() -> None:
    assert read(commentary(f"Thank you {MENTION}, and @[Acme](urn:li:organization:2)."))[2] == [
        "urn:li:person:a_B-1",
        "urn:li:organization:2",
    ]


@pytest.mark.parametrize(
    ("content", "tags"),
    [
        ("No tags, #1 in C#", ()),
        ("#AI, #ai and #Growth\n#a_b", ("AI", "Growth", "a_b")),
        ("#Führung #人工知能 #привет", ("Führung", "人工知能", "привет")),
        ("https://x.example/#AI", ()),
    ],
)
def test_hashtags_are_told_once_each(content: str, tags: tuple[str, ...]) -> None:
    assert hashtags(content) == tags


def test_a_post_without_its_hashtags_keeps_its_words() -> None:
    assert without_hashtags("I love #AI.\n\n#AI #ML\n\nC# too, as #1.\n#Growth") == "I love AI.\n\nC# too, as #1."


@pytest.mark.parametrize(("content", "count"), [("", 0), ("abc", 3), ("🚀", 2), ("é", 1), ("\ud83d", 1)])
def test_characters_are_counted_as_linkedin_does(content: str, count: int) -> None:
    assert character_count(content) == count


def test_a_short_post_is_shown_whole() -> None:
    preview = fold_preview("One line.\nAnother.")
    assert preview.mobile == preview.desktop == "One line.\nAnother."


def test_a_long_paragraph_is_cut_at_a_word() -> None:
    words = " ".join(f"word{n}" for n in range(100))
    preview = fold_preview(words)
    for shown, limit in ((preview.mobile, 140), (preview.desktop, 210)):
        assert shown.endswith("…") and words.startswith(shown[:-1] + " ")
        assert limit - 10 < len(shown) <= limit + 1


def test_line_breaks_use_up_the_three_lines() -> None:
    preview = fold_preview("A hook.\n\nA second line.\n\nA third.")
    assert preview.mobile == preview.desktop == "A hook.\n\nA second line.…"
    assert fold_preview("A\n\n\n\nB").mobile == "A…"


def test_a_line_that_wraps_on_the_phone_does_not_on_the_desk() -> None:
    line = "A first line of sixty letters, which a phone needs two for."
    preview = fold_preview(f"{line}\nSecond.\nThird.")
    assert preview.mobile == f"{line}\nSecond.…"
    assert preview.desktop == f"{line}\nSecond.\nThird."


def test_wide_letters_take_twice_the_room_and_marks_none() -> None:
    assert len(fold_preview("字" * 300).mobile) == 71
    assert fold_preview("e\u0301" * 139).mobile == "e\u0301" * 139
    assert not fold_preview("👩\u200d🚀" * 100).mobile[:-1].endswith("\u200d")


def test_a_mention_is_seen_by_its_name() -> None:
    assert fold_preview(f"Thanks {MENTION}!").mobile == "Thanks Jane (UK) Doe!"


@given(st.text(max_size=400))
def test_a_preview_is_the_beginning_of_the_post(content: str) -> None:
    for shown in (fold_preview(content).mobile, fold_preview(content).desktop):
        whole = content.strip().replace("hashtag#", "#")
        assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


@pytest.mark.parametrize(
    ("burned", "captions", "line"),
    [(True, True, BURNED_IN), (False, True, NOT_BURNED_IN), (False, False, NO_CAPTIONS), (True, False, NO_CAPTIONS)],
)
def test_captions_never_stand_there_twice(burned: bool, captions: bool, line: str) -> None:
    post = pack(
        "Hello (you) #AI", ["First  scene.", " ", "Second\nscene."], captions_burned=burned, has_captions=captions
    )
    assert post.upload_captions == line
    assert post.transcript == "First scene.\n\nSecond scene."
    assert (post.commentary, post.hashtags, post.character_count) == (r"Hello \(you\) #AI", ("AI",), 15)
    assert post.fold_preview.mobile == "Hello (you) #AI"
