"""Strangers of every kind: the API's own description turned against it, texts nobody writes, pictures gone wrong.

`tests/test_fuzz.py` sends some of each in every run of the tests, `benchmarks/hostile.py` thousands.
"""

import copy
import functools
import json
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport.serialization import Binary

from tests.nasty_files import multipart
from tests.picture_parts import SIGNATURE, chunk, exif, flat, jpeg, png_of, saved

# What a valid order may still meet: a picture that is not there, a text that says nothing, a file that is no picture.
_ACCEPTED: Final = ["2xx", "3xx", "400", "401", "403", "404", "409", "415", "422", "429"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How many requests were answered with which status, the slowest in seconds, and what was wrong, each kind once."""

    statuses: Counter[int]
    slowest: float
    faults: tuple[str, ...]

    @property
    def cases(self) -> int:
        return self.statuses.total()


# The description, held against the answers


def tightened(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same, but an answer may hold no field that is not described. (For callers answers may grow.)"""
    strict = copy.deepcopy(dict(document))
    for schema in strict["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return strict


class Contract:
    """Says of an answer whether the document foresaw it: status, type, headers, and each field of the body."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = tightened(document)
        self._validator = functools.cache(self._new_validator)

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raises AssertionError for an answer that was not foreseen."""
        responses = self._document["paths"][path][method]["responses"]
        assert str(status) in responses, f"{method} {path} answers {status}: {body[:300]!r}"
        foreseen = responses[str(status)]
        for name, header in foreseen["headers"].items():
            told = self._document["components"]["headers"][name] if "$ref" in header else header
            assert name in headers or not told.get("required"), f"{status} without {name}"
        if "content" not in foreseen:
            assert not body or status == 302, f"{status} with a body"
            return
        [kind] = foreseen["content"]
        assert headers["Content-Type"] == kind
        value = json.loads(body)
        self._validator(method, path, status, kind).validate(value)
        if status >= 400:
            words = [value["detail"], *(error["message"] + error["field"] for error in value.get("errors", ()))]
            assert all(word.isprintable() for word in words), words

    def _new_validator(self, method: str, path: str, status: int, kind: str) -> jsonschema_rs.Draft202012Validator:
        schema = self._document["paths"][path][method]["responses"][str(status)]["content"][kind]["schema"]
        whole = {**schema, "components": self._document["components"]}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def turn_against_itself(
    document: Mapping[str, Any],
    *,
    each: int,
    known: Sequence[str] = (),
    app: Any = None,
    base_url: str | None = None,
    token: str | None = None,
    seed: int | None = None,
) -> Outcome:
    """Schemathesis with every check: the examples, every edge of every schema, and `each` times chance per operation.

    Half of the ids that fit are those of `known` jobs, half of the files are pictures.
    """
    config: dict[str, Any] = {
        "generation": {"max-examples": each, "mode": "all", "database": "none"},
        "checks": {"positive_data_acceptance": {"expected-statuses": _ACCEPTED}},
    }
    if seed is not None:
        config["seed"] = seed
    if base_url:
        config["base-url"] = base_url
    if token:
        config["headers"] = {"Authorization": f"Bearer {token}"}
    schema: OpenApiSchema = schemathesis.openapi.from_dict(
        tightened(document), config=SchemathesisConfig.from_dict(config)
    )
    schema.app = app

    @schema.hook("map_case")
    def map_case(_: Any, case: Any) -> Any:
        if case.meta.phase.name is TestPhase.STATEFUL:  # it knows its own ids
            return case
        for name, text in case.path_parameters.items():
            if known and (number := _number(text)) is not None and number % 2:
                case.path_parameters[name] = known[number // 2 % len(known)]
        files = case.body.get("images") if isinstance(case.body, dict) else None
        if isinstance(files, list) and files and all(isinstance(file, Binary) for file in files):
            chosen = zlib.crc32(files[0].data)
            if chosen % 2:  # chance makes no whole picture
                case.body["images"] = [Binary(whole_pictures()[chosen // 2 % len(whole_pictures())])] * len(files)
        return case

    faults: dict[tuple[str, str], str] = {}
    statuses: Counter[int] = Counter()
    slowest = 0.0
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            faults[event.label, "error"] = str(event.value)
        elif isinstance(event, events.FatalError):
            faults["all", "error"] = repr(event.exception)
        elif isinstance(event, events.ScenarioFinished):
            for interaction in event.recorder.interactions.values():
                if interaction.response:
                    statuses[interaction.response.status_code] += 1
                    slowest = max(slowest, interaction.response.elapsed)
            for checks in event.recorder.checks.values():
                for check in checks:
                    if check.failure_info:
                        what = f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
                        faults[event.recorder.label, check.name] = f"{event.recorder.label}: {check.name}: {what}"
    return Outcome(statuses=statuses, slowest=slowest, faults=tuple(faults.values()))


def _number(text: Any) -> int | None:
    try:
        return uuid.UUID(text).int
    except (ValueError, AttributeError, TypeError):
        return None


# Texts

_ANY: Final = st.characters(exclude_categories=())  # halves of characters, too
_ODD: Final = st.sampled_from(
    [
        "\0", "\x1b[31m", "\x7f", "\x85", "\ufeff", "\ufffe", "\uffff", "\U0010ffff",  # controls and no characters
        "\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u200d", "\u2028",  # what turns text around
        "\ud800", "\udfff", "\ud83d", "e" + "\u0301" * 3000, "\u0f73" * 400, "ﷺ" * 90, "𝕬" * 1500, "👩‍👩‍👧‍👦" * 40,
        "نص من اليمين", "עברית", "漢字かな交じり文。", "นี่คือข้อความ", "<script>alert(1)</script>", "{\\an8}", "-->",
        "\n\n\n",         "#tag", "https://a.example/?" + "q" * 900, "a" * 3000, "...", "!" * 1500, "- ",
        "1. ", "%n%s%x", "../..", "\\N",
    ]
)  # fmt: skip
_POSTS: Final = st.lists(
    st.one_of(st.text(_ANY, max_size=60), _ODD, st.just("This is a whole sentence of mine."), st.just("\n")),
    max_size=12,
).map(" ".join)
_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(_ANY, max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(_ANY, max_size=8), inner, max_size=4),
    max_leaves=12,
)
_WHOLE: Final = st.fixed_dictionaries(
    {"content": _POSTS}, optional={"metadata": st.dictionaries(st.text(_ANY, max_size=8), _JSON, max_size=2)}
)
_WRONG: Final = st.fixed_dictionaries(
    {"content": _POSTS | _JSON},
    optional=dict.fromkeys(
        ["style", "voice", "rate", "captions", "metadata", "max_duration_seconds", "user_image_ids", "sound"], _JSON
    ),
)


def _nested(opening: str, closing: str, depth: int) -> bytes:
    return f'{{"content": "A whole post.", "metadata": {opening * depth}1{closing * depth}}}'.encode()


_BROKEN: Final = st.one_of(
    st.binary(max_size=300),
    st.builds(_nested, st.sampled_from(["[", '{"a":']), st.sampled_from(["]", "}", ""]), st.integers(1, 9_000)),
    st.sampled_from(
        [
            b'{"content": "A whole post.", "content": 1}',
            b'{"content": 1, "content": "The last one counts, as everywhere."}',
            b'{"content": "A whole post.", "max_duration_seconds": NaN}',
            b'{"content": "A whole post.", "metadata": {"a": Infinity, "b": -Infinity, "c": 1e999}}',
            b'{"content": "A whole post.", "metadata": {"a": ' + b"9" * 9_000 + b"}}",
            b'{"content": "A whole post.", "metadata": {"\\ud800": "\\udc00"}}',
            b'{"content": "\\ud83d\\ude00 \\ud83d and the rest of a whole post"}',
            b'{"content": "a\x00b\x1fc whole post that somebody wrote"}',
            b'{"content": "\xed\xa0\x80 \xc0\x80 \xff whole post"}',
            '{"content": "A whole post in another coding."}'.encode("utf-16"),
            b"\xef\xbb\xbf" + b'{"content": "A whole post after a mark."}',
            b"[" * 60_000,
            b'{"content": "' + b"a" * 70_000 + b'"}',
            b"null", b'""', b"[]", b"{}", b"", b"0", b'"', b"{", b'{"__proto__": {}, "content": "A whole post."}',
        ]
    ),
)  # fmt: skip


def _written(order: dict[str, Any], as_ascii: bool, cut: int) -> bytes:
    body = json.dumps(order, ensure_ascii=as_ascii).encode("utf-8", "surrogatepass")
    return body if cut % 5 else body[: cut * 7 % (len(body) + 1)]


ORDERS: Final = st.one_of(
    st.builds(_written, _WHOLE, st.booleans(), st.just(1)),
    st.builds(_written, _WHOLE, st.just(True), st.just(1)),
    st.builds(_written, _WRONG, st.booleans(), st.integers(0, 500)),
    _BROKEN,
)


# Pictures


@functools.cache
def whole_pictures() -> tuple[bytes, ...]:
    """One of each kind that is taken."""
    moving = [flat("P", colour=number * 40) for number in range(4)]
    return (
        jpeg(exif=exif(6)),
        jpeg(progressive=True),
        saved(flat("CMYK"), "JPEG"),
        saved(flat("RGBA", colour=(200, 90, 30, 120)), "PNG"),
        saved(flat("P"), "PNG", transparency=3),
        png_of(320, 240, depth=16, colour=2),
        png_of(320, 240, depth=8, colour=6, interlaced=True),
        saved(moving[0], "GIF", save_all=True, append_images=moving[1:]),
    )


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A form with one to three pictures, each with bytes flipped, cut off, doubled or taken from another."""
    files = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        data = bytearray(draw(st.sampled_from(whole_pictures())))
        for _ in range(draw(st.integers(1, 6))):
            front = draw(st.booleans())  # what decides stands there
            at = draw(st.integers(0, max(0, min(len(data), 600 if front else len(data)) - 1)))
            change = draw(st.sampled_from(["flip", "flip", "flip", "cut", "double", "splice", "drop", "insert"]))
            if change == "flip" and data:
                data[at] ^= draw(st.integers(1, 255))
            elif change == "cut":
                del data[max(at, 4) :]
            elif change == "double":
                data[at:at] = data[at : at + draw(st.integers(1, 400))]
            elif change == "splice":
                other = draw(st.sampled_from(whole_pictures()))
                data[at:] = other[min(at, len(other) - 1) :]
            elif change == "drop":
                del data[at : at + draw(st.integers(1, 40))]
            else:
                data[at:at] = draw(st.binary(min_size=1, max_size=40))
        files.append(("a.jpg", _with_checksums(bytes(data)) if draw(st.booleans()) else bytes(data)))
    return multipart(files)


def _with_checksums(data: bytes) -> bytes:
    """A PNG's chunks with the right checksums again, so that what is wrong in them reaches the decoder."""
    if not data.startswith(SIGNATURE):
        return data
    parts, at = [SIGNATURE], len(SIGNATURE)
    while at + 12 <= len(data):
        length = min(int.from_bytes(data[at : at + 4], "big"), len(data) - at - 12)
        parts.append(chunk(data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return b"".join([*parts, data[at:]])


def every(
    strategy: st.SearchStrategy[bytes], send: Callable[[bytes], None], cases: int, seed: int | None = None
) -> int:
    """Sends that many bodies; the first that `send` raises for is raised again, made as small as may be."""
    sent = 0

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=seed is not None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=strategy)
    def each(body: bytes) -> None:
        nonlocal sent
        sent += 1
        send(body)

    each()
    return sent
