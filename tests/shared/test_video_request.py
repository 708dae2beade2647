"""A stranger's JSON becomes a VideoRequest, or one answer that lists every mistake."""

from pathlib import Path

import msgspec
import pytest

from shared.errors import InvalidRequest, Unavailable
from shared.ids import new_id
from shared.video_request import MAX_CONTENT, CaptionOptions, VideoRequest, utf16_length

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("video_request_*.json"))


def golden(name: str) -> bytes:
    return next(path for path in GOLDEN if path.stem == f"video_request_{name}").read_bytes()


def parse(body: object) -> VideoRequest:
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return VideoRequest.parse(data, job_id=new_id(), created_at="2026-03-13T08:00:00.000Z", max_duration=60)


def mistakes(body: object) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refused:
        parse(body)
    return {error.field: error.code for error in refused.value.errors}


def test_only_the_content_is_required() -> None:
    request = parse({"content": "  A post.\n"})
    assert request.content == "A post."
    assert (request.style, request.aspect_ratio, request.frame) == ("professional", "4:5", (1080, 1350))


def test_every_mistake_is_told_at_once() -> None:
    body = {
        "style": "profesional",
        "captions": {"positon": "top", "style": 4},
        "rate": "5%",
        "voice": "Jenny",
        "user_image_ids": ["a"],
        "max_duration_seconds": 900,
        "metadata": {"long": "x" * 2000},
        "aspect_ratio": "3:4",
    }
    assert mistakes(body) == {
        "content": "required",
        "captions.positon": "unknown_field",
        "captions.style": "invalid",
        "aspect_ratio": "invalid",
        "style": "invalid",
        "user_image_ids[0]": "invalid",
        "max_duration_seconds": "out_of_range",
        "voice": "invalid",
        "rate": "invalid",
        "metadata": "too_long",
    }


def test_an_unknown_field_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(InvalidRequest, match=r"no field contents\. Did you mean content"):
        parse({"content": "A post.", "contents": "x"})


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b'"text"', b"null", b"[" * 5000, b'{"content": NaN}', b"\xff"]
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse(body)


@pytest.mark.parametrize("content", ["", "   \n", 5, None, ["a"]])
def test_content_must_be_text_with_something_in_it(content: object) -> None:
    assert "content" in mistakes({"content": content})


def test_content_is_counted_as_linkedin_counts() -> None:
    assert parse({"content": "🚀" * (MAX_CONTENT // 2)})
    assert mistakes({"content": "🚀" * (MAX_CONTENT // 2) + "!"}) == {"content": "too_long"}
    assert utf16_length("a🚀") == 3


def test_four_pictures_or_the_same_one_twice_are_refused() -> None:
    one, two = new_id(), new_id()
    assert parse({"content": "A post.", "user_image_ids": [one, two]}).user_image_ids == (one, two)
    assert mistakes({"content": "A post.", "user_image_ids": [one, one]}) == {"user_image_ids": "invalid"}
    assert mistakes({"content": "A post.", "user_image_ids": [new_id() for _ in range(4)]}) == {
        "user_image_ids": "invalid"
    }


def test_it_travels_through_the_queue_unchanged() -> None:
    request = parse({"content": "A post 🚀", "captions": {"enabled": False}, "metadata": {"deep": [1, {"a": None}]}})
    assert VideoRequest.from_json(request.to_json()) == request


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_task_that_was_ever_sent_is_read_for_ever(path: Path) -> None:
    """To a file here nothing is changed: what was sent, was sent. A new field or version gets a new file."""
    sent = msgspec.json.decode(path.read_bytes())
    read = msgspec.json.decode(VideoRequest.from_json(path.read_bytes()).to_json())
    assert {name: read[name] for name in sent} == sent


def test_what_a_sender_leaves_out_means_what_it_always_meant() -> None:
    assert VideoRequest.from_json(golden("v1_sparse")) == VideoRequest.from_json(golden("v1_minimal"))


def test_every_field_that_a_task_has_today_stands_in_a_golden_file() -> None:
    full, defaults = VideoRequest.from_json(golden("v1_planned")), VideoRequest.from_json(golden("v1_minimal"))
    sent = msgspec.json.decode(golden("v1_planned"))
    assert set(sent) == set(VideoRequest.__struct_fields__)
    assert set(sent["captions"]) == set(CaptionOptions.__struct_fields__)
    assert {name for name in sent if getattr(full, name) == getattr(defaults, name)} == {"version"}
    assert {
        name for name in sent["captions"] if getattr(full.captions, name) == getattr(CaptionOptions(), name)
    } == set()


def test_a_task_of_another_version_is_left_to_another_worker() -> None:
    for version in (0, 2, 99):
        with pytest.raises(Unavailable):
            VideoRequest.from_json(golden("v1_full").replace(b'"version":1', b'"version":%d' % version))


@pytest.mark.parametrize(
    "newer",
    [
        {"music": {"mood": "calm"}},
        {"captions": {"enabled": True, "outline": True}},
        {"motion": "orbit"},
        {"style": "cinematic"},
        {"user_image_ids": ["a", "b", "c", "d"]},
        {"content": None},
    ],
    ids=["a field", "an inner field", "a value", "a style", "more of something", "another type"],
)
def test_what_only_a_newer_worker_knows_is_left_to_one(newer: dict[str, object]) -> None:
    task = msgspec.json.decode(golden("v1_full")) | newer
    with pytest.raises(Unavailable):
        VideoRequest.from_json(msgspec.json.encode(task))


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"version":', b"[1]", b'{"version":"1"}', golden("v1_full")[:-20], b'{"version":1,"a":' * 5000],
)
def test_a_task_that_is_none_is_refused_for_good(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        VideoRequest.from_json(body)


def test_the_same_order_has_the_same_fingerprint_however_it_is_written() -> None:
    assert (
        parse({"content": "A post."}).fingerprint()
        == parse(b'{"style":"professional","content":"A post."}').fingerprint()
    )
    assert parse({"content": "A post."}).fingerprint() != parse({"content": "Another."}).fingerprint()


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b'\xef\xbb\xbf{"content": "With a mark at its start"}', "With a mark at its start"),
        (b'{"content": "Two\nlines"}', "Two\nlines"),
        (b'{"content": "Cut off in mid-emoji \\ud83d"}', "Cut off in mid-emoji"),
    ],
)
def test_what_people_really_send_is_forgiven(body: bytes, content: str) -> None:
    assert parse(body).content == content
    assert VideoRequest.from_json(parse(body).to_json()).content == content


def test_a_broken_body_is_told_where_it_breaks() -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse(b'{"content": "She said "hi""}')
    assert refused.value.hint and "character 23" in refused.value.hint


@pytest.mark.parametrize("rate", ["+\u0661\u0660%", "-51%", "+101%", "10%", "+5"])
def test_a_rate_that_no_voice_takes_is_refused(rate: str) -> None:
    assert mistakes({"content": "A post.", "rate": rate}) == {"rate": "invalid"}
