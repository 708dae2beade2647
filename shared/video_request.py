"""The whole order for one film: parsed strictly from strangers, carried as one frozen value through the queue."""

import difflib
import hashlib
import json
from contextlib import suppress
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shared.errors import FieldError, InvalidRequest, Unavailable
from shared.ids import is_id
from shared.speech import is_language, is_rate, is_voice
from shared.styles import STYLES

# Of the task's body. What a worker cannot read (another version, a field or a value that it does not know) it leaves to
# a newer worker: render is deployed before generate. What is only added, with a default, needs no new version; what
# changes its meaning does, and `from_json` then reads every older version as well: tests/golden has them all.
VERSION: Final = 1
MAX_CONTENT: Final = 3000  # UTF-16 code units: LinkedIn's own limit for a post, counted to the safe side
MAX_IMAGES: Final = 3
MAX_METADATA_BYTES: Final = 1024
MIN_DURATION: Final = 3  # seconds; LinkedIn takes nothing shorter
MAX_SCENES: Final = 60
MAX_SEARCH_TERMS: Final = 5
MAX_LEXICON: Final = 50  # words whose pronunciation a request may set
MAX_LEXICON_WORD: Final = 60  # characters

AspectRatio = Literal["4:5", "1:1", "9:16", "16:9"]
FRAMES: Final[dict[str, tuple[int, int]]] = {
    "4:5": (1080, 1350),  # the tallest that the feed shows whole
    "1:1": (1080, 1080),
    "9:16": (1080, 1920),
    "16:9": (1920, 1080),
}


class CaptionOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    enabled: Annotated[bool, Meta(description="true or false")] = True
    style: Annotated[
        Literal["highlight", "word_by_word", "classic"], Meta(description="one of highlight, word_by_word, classic")
    ] = "highlight"
    position: Annotated[Literal["top", "center", "bottom"], Meta(description="one of top, center, bottom")] = "bottom"


class PlannedScene(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scene as the plan answers it and as a caller may send it back, changed or not."""

    text: Annotated[str, Meta(description="what the captions show")]
    spoken: Annotated[str | None, Meta(description="what the voice says instead of the text, or null")] = None
    kind: Annotated[
        Literal["hook", "body", "point", "close"] | None, Meta(description="one of hook, body, point, close, or null")
    ] = None
    image_id: Annotated[str | None, Meta(description="the id of an uploaded picture, or null")] = None
    search_terms: Annotated[
        tuple[str, ...], Meta(max_length=MAX_SEARCH_TERMS, description="a list of at most 5 texts to look for")
    ] = ()
    candidates: Annotated[
        tuple[dict[str, Any], ...] | UnsetType,
        Meta(description="a list, which is not used: it is taken so that a plan can be sent back as it came"),
    ] = UNSET
    estimated_seconds: Annotated[
        float | None,
        Meta(description="a number, which is not used: it is taken so that a plan can be sent back as it came"),
    ] = None


class PostedVideo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller may ask for. A field is here only once it works; its description finishes "must be …"."""

    content: Annotated[str, Meta(description="the text of the post, 1 to 3,000 characters")]
    style: Annotated[str, Meta(description=f"one of {', '.join(STYLES)}")] = "professional"
    user_image_ids: Annotated[
        tuple[str, ...], Meta(max_length=MAX_IMAGES, description="a list of at most 3 ids that the upload answered")
    ] = ()
    aspect_ratio: Annotated[AspectRatio, Meta(description="one of 4:5, 1:1, 9:16, 16:9")] = "4:5"
    max_duration_seconds: Annotated[float | None, Meta(description="a number of seconds")] = None
    voice: Annotated[str | None, Meta(description='the name of a voice such as "en-US-JennyNeural"')] = None
    rate: Annotated[str | None, Meta(description='a change of speed from "-50%" to "+100%", sign included')] = None
    language: Annotated[str | None, Meta(description='a language such as "en" or "pt-BR"')] = None
    lexicon: Annotated[
        dict[str, str], Meta(description='an object of words and how to say them, such as {"SQL": "sequel"}')
    ] = msgspec.field(default_factory=dict)
    narration: Annotated[Literal["auto", "off"], Meta(description="auto or off")] = "auto"
    captions: Annotated[CaptionOptions, Meta(description="an object with enabled, style, position")] = CaptionOptions()
    quality: Annotated[Literal["preview", "standard", "high"], Meta(description="one of preview, standard, high")] = (
        "standard"
    )
    motion: Annotated[
        Literal["auto", "none", "zoom_in", "zoom_out", "pan"],
        Meta(description="one of auto, none, zoom_in, zoom_out, pan"),
    ] = "auto"
    transition: Annotated[Literal["auto", "none", "fade"], Meta(description="one of auto, none, fade")] = "auto"
    scenes: Annotated[
        tuple[PlannedScene, ...] | None, Meta(description="the scenes of a plan, 1 to 60 of them, or null")
    ] = None
    metadata: Annotated[dict[str, Any], Meta(description="an object of at most 1 KB, which the status echoes")] = (
        msgspec.field(default_factory=dict)
    )


class VideoRequest(PostedVideo, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A posted video that was accepted: with its id, its owner and when it came."""

    version: int = VERSION
    job_id: str
    owner: str | None = None
    created_at: str  # RFC 3339
    request_id: str | None = None

    @classmethod
    def parse(
        cls,
        body: bytes,
        *,
        job_id: str,
        created_at: str,
        max_duration: float,
        owner: str | None = None,
        request_id: str | None = None,
    ) -> "VideoRequest":
        """A stranger's JSON, whatever its Content-Type said; raises InvalidRequest with every mistake at once."""
        raw = decoded(body)
        if not isinstance(raw, dict):
            raise InvalidRequest('The body must be a JSON object such as {"content": "…"}.')
        values, errors = checked(PostedVideo, raw, "")
        errors += _beyond_types(values, max_duration)
        if errors:
            raise InvalidRequest(
                errors[0].message if len(errors) == 1 else f"{len(errors)} fields need a change.", errors=errors
            )
        values["content"] = values["content"].strip()
        values["user_image_ids"] = values.get("user_image_ids") or pictures_of(values.get("scenes"))
        return cls(**values, job_id=job_id, created_at=created_at, owner=owner, request_id=request_id)

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, body: bytes | str) -> "VideoRequest":
        """A task's body, written by us; raises Unavailable for what only a newer worker knows, else InvalidRequest."""
        try:
            version = msgspec.json.decode(body, type=_Versioned).version
        except (msgspec.DecodeError, RecursionError):
            raise InvalidRequest("The task's body is not a video request.") from None
        if version != VERSION:
            raise Unavailable(f"This worker knows version {VERSION} of a task, not {version}.")
        try:
            request = msgspec.json.decode(body, type=cls)
        except msgspec.ValidationError as error:
            raise Unavailable("This worker does not know everything that the task asks for.") from error
        if request.style not in STYLES:
            raise Unavailable("This worker does not know the style that the task asks for.")
        return request

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height of the film in pixels."""
        return FRAMES[self.aspect_ratio]

    @property
    def kind_of_film(self) -> str:
        """Films of one kind take about equally long to make, for each of their seconds."""
        return f"{self.quality}:{self.aspect_ratio}"

    def fingerprint(self) -> str:
        """The same for the same order, however it was written: what an idempotency key stands for."""
        ordered = {name: getattr(self, name) for name in PostedVideo.__struct_fields__}
        return hashlib.sha256(msgspec.json.encode(ordered, order="deterministic")).hexdigest()


class _Versioned(msgspec.Struct):
    version: int


class TaskQueue(Protocol):
    def enqueue(self, request: VideoRequest, *, again: str = "") -> None:
        """Have it delivered to render at least once; the same request again is one task. Raises Unavailable.

        `again` makes another task of it: a queue remembers the name of one that is done, and takes no second.
        """
        ...


def decoded(body: bytes) -> Any:
    """A stranger's JSON. What people really send is forgiven: a BOM, bare line breaks, half of a cut-off emoji."""
    # The strict and quick way first, then the patient one. What is no UTF-8 msgspec leaves to Python's own error.
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(body)
    try:
        return _whole(json.loads(body.decode("utf-8-sig"), strict=False, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        where = f"It breaks off at character {error.pos}. Inside a text, a quotation mark needs a backslash before it."
        raise InvalidRequest('The body is not JSON. Send {"content": "…"}.', hint=where) from None
    except (ValueError, RecursionError):
        raise InvalidRequest('The body is not JSON in UTF-8. Send {"content": "…"}.') from None


def _whole(value: Any) -> Any:
    """The value without halves of characters, which no UTF-8 can hold."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unknown_field(name: str, known: list[str]) -> FieldError:
    shown = "".join(character for character in name if character.isprintable())[:60]
    near = difflib.get_close_matches(name[:60], known, n=1)
    tip = f" Did you mean {near[0]}?" if near else f" Known are {', '.join(known)}."
    return FieldError(shown, "unknown_field", f"There is no field {shown}.{tip}")


def checked(struct: type[msgspec.Struct], raw: dict[str, Any], prefix: str) -> tuple[dict[str, Any], list[FieldError]]:
    """Each field converted by itself, so that one answer can list every mistake."""
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    errors = [unknown_field(prefix + name, [prefix + known for known in fields]) for name in raw if name not in fields]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in raw:
            if field.required:
                errors.append(FieldError(prefix + name, "required", f"{prefix}{name} is missing: {_expected(field)}."))
            continue
        value = raw[name]
        if name == "scenes" and isinstance(value, list):
            scenes, scene_errors = _checked_scenes(value)
            errors += scene_errors
            if not scene_errors:
                values[name] = scenes
            continue
        if name == "captions" and isinstance(value, dict):
            inner, inner_errors = checked(CaptionOptions, value, f"{prefix}{name}.")
            errors += inner_errors
            if not inner_errors:
                values[name] = CaptionOptions(**inner)
            continue
        try:
            values[name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            errors.append(FieldError(prefix + name, "invalid", f"{prefix}{name} must be {_expected(field)}."))
    return values, errors


def _checked_scenes(raw: list[Any]) -> tuple[tuple[PlannedScene, ...], list[FieldError]]:
    scenes: list[PlannedScene] = []
    errors: list[FieldError] = []
    if len(raw) > MAX_SCENES:
        errors.append(FieldError("scenes", "too_long", f"scenes must be at most {MAX_SCENES}, not {len(raw):,}."))
    for place, scene in enumerate(raw[:MAX_SCENES]):
        if not isinstance(scene, dict):
            errors.append(FieldError(f"scenes[{place}]", "invalid", f"scenes[{place}] must be an object with text."))
            continue
        values, scene_errors = checked(PlannedScene, scene, f"scenes[{place}].")
        errors += scene_errors
        values.pop("candidates", None)  # looked at, and not part of the order
        if not scene_errors:
            scenes.append(PlannedScene(**values))
    return tuple(scenes), errors


def _expected(field: msgspec.structs.FieldInfo) -> str:
    for meta in getattr(field.type, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.description:
            return meta.description
    return "of another type"


def _beyond_types(values: dict[str, Any], max_duration: float) -> list[FieldError]:
    """What a type cannot say. Looks only at the values that have the right type."""
    errors: list[FieldError] = []

    def refuse(field: str, code: str, message: str) -> None:
        errors.append(FieldError(field, code, message))

    content = values.get("content")
    if content is not None:
        if not content.strip():
            refuse("content", "empty", "content is empty: send the text of the post.")
        elif (length := utf16_length(content)) > MAX_CONTENT:
            refuse("content", "too_long", f"content has {length:,} characters; LinkedIn takes {MAX_CONTENT:,}.")
    if (style := values.get("style", "professional")) not in STYLES:
        near = difflib.get_close_matches(style[:40], STYLES, n=1)
        tip = f" Did you mean {near[0]}?" if near else ""
        refuse("style", "invalid", f"style must be one of {', '.join(STYLES)}.{tip}")
    for index, image_id in enumerate(values.get("user_image_ids", ())):
        if not is_id(image_id):
            refuse(f"user_image_ids[{index}]", "invalid", "This is not an id that the upload answered.")
    if len(set(values.get("user_image_ids", ()))) < len(values.get("user_image_ids", ())):
        refuse("user_image_ids", "invalid", "user_image_ids names a picture twice.")
    seconds = values.get("max_duration_seconds")
    if seconds is not None and not MIN_DURATION <= seconds <= max_duration:
        refuse(
            "max_duration_seconds", "out_of_range", f"max_duration_seconds must be {MIN_DURATION} to {max_duration:g}."
        )
    if (voice := values.get("voice")) is not None and not is_voice(voice):
        refuse("voice", "invalid", 'voice must be the name of a voice such as "en-US-JennyNeural".')
    if (rate := values.get("rate")) is not None and not is_rate(rate):
        refuse("rate", "invalid", 'rate must be a change of speed from "-50%" to "+100%", sign included.')
    if (language := values.get("language")) is not None and not is_language(language):
        refuse("language", "invalid", 'language must be a language such as "en" or "pt-BR".')
    errors += _beyond_types_of_speech(values)
    if len(msgspec.json.encode(values.get("metadata", {}))) > MAX_METADATA_BYTES:
        refuse("metadata", "too_long", "metadata must be at most 1 KB of JSON.")
    return errors


def _beyond_types_of_speech(values: dict[str, Any]) -> list[FieldError]:
    """What the types of `lexicon` and `scenes` cannot say."""
    errors: list[FieldError] = []
    lexicon = values.get("lexicon", {})
    if len(lexicon) > MAX_LEXICON:
        errors.append(FieldError("lexicon", "too_long", f"lexicon must have at most {MAX_LEXICON} words."))
    for word, said in lexicon.items():
        if (
            not word.strip()
            or not said.strip()
            or len(word.split()) > 1
            or max(len(word), len(said)) > MAX_LEXICON_WORD
        ):
            message = f"lexicon must map one word to how it is said, each of at most {MAX_LEXICON_WORD} characters."
            errors.append(FieldError(f"lexicon.{word[:40]}", "invalid", message))
    scenes = values.get("scenes")
    if scenes is None:
        return errors
    if not scenes:
        errors.append(FieldError("scenes", "empty", "scenes must have at least one scene, or be null."))
    for place, scene in enumerate(scenes):
        if not scene.text.strip():
            errors.append(FieldError(f"scenes[{place}].text", "empty", "A scene needs a text."))
        if scene.image_id is not None and not is_id(scene.image_id):
            message = "This is not an id that the upload answered."
            errors.append(FieldError(f"scenes[{place}].image_id", "invalid", message))
        if any(not term.strip() or len(term) > 100 for term in scene.search_terms):
            message = "search_terms must be texts of 1 to 100 characters."
            errors.append(FieldError(f"scenes[{place}].search_terms", "invalid", message))
    errors += _unlike_pictures(scenes, values.get("user_image_ids", ()))
    for what in ("text", "spoken"):
        if (length := sum(utf16_length(getattr(scene, what) or "") for scene in scenes)) > 2 * MAX_CONTENT:
            message = f"The {what} of all scenes has {length:,} characters; {2 * MAX_CONTENT:,} are allowed."
            errors.append(FieldError("scenes", "too_long", message))
    return errors


def _unlike_pictures(scenes: tuple[PlannedScene, ...], user_image_ids: tuple[str, ...]) -> list[FieldError]:
    """Where scenes name pictures, these are the film's pictures: no more of them, and each is shown."""
    named = pictures_of(scenes)
    if user_image_ids and named:
        for image_id in dict.fromkeys((*named, *user_image_ids)):
            if image_id not in user_image_ids:
                return [
                    FieldError("scenes", "invalid", f"A scene shows {image_id}, which user_image_ids does not have.")
                ]
            if image_id not in named:
                message = f"No scene shows {image_id}, which user_image_ids has."
                return [FieldError("scenes", "invalid", message)]
    if len(named) > MAX_IMAGES:
        return [FieldError("scenes", "too_long", f"scenes must show at most {MAX_IMAGES} pictures, not {len(named)}.")]
    return []


def pictures_of(scenes: tuple[PlannedScene, ...] | None) -> tuple[str, ...]:
    """The ids of the pictures that scenes name, each once, in the order they are shown."""
    return tuple(dict.fromkeys(scene.image_id for scene in scenes or () if scene.image_id))
