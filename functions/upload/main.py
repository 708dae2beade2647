"""Check pictures, clean and store them; answer with the ids that `generate` takes."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta

import flask
import functions_framework

from shared import log
from shared.blobs import UPLOAD_LIFETIME, UPLOAD_LINK_LIFETIME, BlobStore, Link, image_name
from shared.callers import Caller, is_visible
from shared.config import Settings
from shared.errors import InvalidRequest, NotFound, Unavailable
from shared.http import Endpoint, idempotency_key, json_answer, wire
from shared.ids import is_id, new_id
from shared.images import Image
from shared.jobs import now, timestamp
from shared.limits import Use, windows
from shared.services import Services

from .images import CleanImage, clean_all, libmagic_answers

BODY_LIMIT = 6 * 1024 * 1024 + 256 * 1024  # three files together, and what multipart writes around them
FIELDS = ("images", "images[]", "files")

endpoint = Endpoint("upload", body_limit=BODY_LIMIT)
endpoint.checks["libmagic"] = lambda services: libmagic_answers()


@endpoint.route("POST", "/", "/api/images")
def store(services: Services, request: flask.Request) -> flask.Response:
    """201 with an id and an address for each picture, or nothing stored and every bad file named."""
    caller = services.callers.identify(request.headers, request.remote_addr or "")
    if request.mimetype != "multipart/form-data":
        raise InvalidRequest("Send the pictures as multipart/form-data, in the field images.")
    files = [(file.filename or "", file.stream.read()) for name in FIELDS for file in request.files.getlist(name)]
    repeat = _repeat(idempotency_key(request), files, caller)
    if repeat and (before := services.jobs.uploaded(repeat)):
        links = [services.uploads.sign(image.name, UPLOAD_LINK_LIFETIME) for image in before]
        return _answer(before, links, {"Idempotent-Replayed": "true"})
    use = _use(services.settings, caller, repeat)
    standing = services.limits.admit(use)
    images: list[Image] = []
    try:
        pictures = clean_all(files)
        images = [_image(picture, caller.owner) for picture in pictures]
        links = _stored(services.uploads, images, pictures)
        services.jobs.put_images(images, repeat)  # last: what Redis knows can be shown
    except Unavailable:
        with suppress(Unavailable):  # then it counts until its window has passed
            services.limits.withdraw(use)
        for image in images:
            with suppress(Unavailable):  # then it is dead after a day
                services.uploads.delete(image.name)
        raise
    log.event("images_stored", images=len(images), bytes=sum(image.size for image in images))
    return _answer(images, links, standing.headers() if standing else {})


@endpoint.route("DELETE", "/{image_id}", "/api/images/{image_id}")
def erase(services: Services, request: flask.Request, image_id: str) -> flask.Response:
    """204: the picture is gone from both stores; a film that still waits for it will fail. A repeat is a 204 too."""
    caller = services.callers.owner(request.headers)
    owner = _owner(services, image_id)
    if not is_visible(owner, caller):
        raise _no_such_picture()
    services.jobs.erase_image(image_id, owner)  # first: no film is promised with it any more
    services.uploads.delete(image_name(image_id))
    services.videos.delete(image_name(image_id))  # second: a film that is being published copies from the first
    log.event("image_erased", image_id=image_id)
    return flask.Response(status=204)


def _owner(services: Services, image_id: str) -> str | None:
    """Whose picture this is, also when Redis has forgotten it; raises NotFound."""
    if not is_id(image_id):
        raise _no_such_picture()
    try:
        return services.jobs.whose_image(image_id)
    except NotFound:
        for store in (services.uploads, services.videos):
            with suppress(NotFound):
                return store.find(image_name(image_id)).metadata.get("owner") or None
    raise _no_such_picture()


def _no_such_picture() -> NotFound:
    return NotFound("There is no such picture.")


def _repeat(key: str | None, files: Sequence[tuple[str, bytes]], caller: Caller) -> str | None:
    """The same for the same key, pictures and caller: where the answer was lost, it is given once more."""
    if key is None:
        return None
    about = hashlib.sha256(f"{caller.owner or '-'}:{key}".encode())
    for _, content in files:
        about.update(hashlib.sha256(content).digest())
    return about.hexdigest()


def _use(settings: Settings, caller: Caller, repeat: str | None) -> Use:
    """One request is one upload, however many pictures it brings."""
    return Use(
        what="upload",
        counted_as=caller.counted_as,
        use_id=repeat or new_id(),
        windows=windows(per_hour=settings.upload_limit_hour, per_day=settings.upload_limit_day),
    )


def _image(picture: CleanImage, owner: str | None) -> Image:
    image_id = new_id()
    return Image(
        id=image_id,
        owner=owner,
        name=image_name(image_id),
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        expires_at=now() + UPLOAD_LIFETIME - timedelta(minutes=1),  # Redis forgets before the object is dead
    )


def _stored(uploads: BlobStore, images: Sequence[Image], pictures: Sequence[CleanImage]) -> list[Link]:
    """Store and sign all of them at the same time: what takes long is the way to the store, and to whoever signs.

    Returns or raises when nothing is on its way any more.
    """

    def put(image: Image, picture: CleanImage) -> None:
        about = {
            "owner": image.owner or "",
            "created_at": timestamp(now()),
            "width": str(image.width),
            "height": str(image.height),
        }
        uploads.put(image.name, picture.data, content_type=image.content_type, metadata=about)

    def sign(image: Image) -> Link:
        return uploads.sign(image.name, UPLOAD_LINK_LIFETIME)

    with ThreadPoolExecutor(2 * len(images)) as pool:
        puts = [
            pool.submit(copy_context().run, put, image, picture)
            for image, picture in zip(images, pictures, strict=True)
        ]
        signs = [pool.submit(copy_context().run, sign, image) for image in images]
    for done in puts:
        done.result()
    return [done.result() for done in signs]


def _answer(images: Sequence[Image], links: Sequence[Link], headers: Mapping[str, str]) -> flask.Response:
    told = [_told(image, link) for image, link in zip(images, links, strict=True)]
    return json_answer({"images": told, "user_image_ids": [image.id for image in images]}, 201, headers)


def _told(image: Image, link: Link) -> dict[str, object]:
    return {
        "id": image.id,
        "url": link.url,
        "url_expires_at": timestamp(link.expires_at),
        "width": image.width,
        "height": image.height,
        "content_type": image.content_type,
        "size": image.size,
    }


@functions_framework.http
def upload(request: flask.Request) -> flask.Response:
    return endpoint.answer(request)


if flask.has_app_context():  # loaded by functions-framework
    wire(flask.current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
