"""Check pictures, clean and store them; answer with the ids that `generate` takes."""

from contextlib import suppress
from datetime import timedelta

import flask
import functions_framework

from shared import log
from shared.blobs import UPLOAD_LIFETIME, UPLOAD_LINK_LIFETIME, image_name
from shared.errors import InvalidRequest, Unavailable
from shared.http import Endpoint, json_answer, wire
from shared.ids import new_id
from shared.images import Image
from shared.jobs import now, timestamp
from shared.services import Services

from .images import CleanImage, clean_all, libmagic_answers

BODY_LIMIT = 6 * 1024 * 1024 + 256 * 1024  # three files together, and what multipart writes around them
FIELDS = ("images", "images[]", "files")

endpoint = Endpoint("upload", body_limit=BODY_LIMIT)
endpoint.checks["libmagic"] = lambda services: libmagic_answers()


@endpoint.route("POST", "/", "/api/images")
def store(services: Services, request: flask.Request) -> flask.Response:
    """201 with an id and an address for each picture, or nothing stored and every bad file named."""
    if request.mimetype != "multipart/form-data":
        raise InvalidRequest("Send the pictures as multipart/form-data, in the field images.")
    files = [file for name in FIELDS for file in request.files.getlist(name)]
    pictures = clean_all([(file.filename or "", file.stream.read()) for file in files])
    stored: list[Image] = []
    try:
        for picture in pictures:
            stored.append(_stored(services, picture, owner=None))
        told = [_told(services, image) for image in stored]
        services.jobs.put_images(stored)  # last: what Redis knows can be shown
    except Unavailable:
        with suppress(Unavailable):  # then it is dead after a day
            for image in stored:
                services.uploads.delete(image.name)
        raise
    log.event("images_stored", images=len(stored), bytes=sum(image.size for image in stored))
    return json_answer({"images": told, "user_image_ids": [image.id for image in stored]}, 201)


def _stored(services: Services, picture: CleanImage, owner: str | None) -> Image:
    image_id = new_id()
    name = image_name(image_id)
    moment = now()
    about = {
        "owner": owner or "",
        "created_at": timestamp(moment),
        "width": str(picture.width),
        "height": str(picture.height),
    }
    blob = services.uploads.put(name, picture.data, content_type=picture.content_type, metadata=about)
    return Image(
        id=image_id,
        owner=owner,
        name=name,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        size=blob.size,
        expires_at=moment + UPLOAD_LIFETIME - timedelta(minutes=1),  # Redis forgets before the object is dead
    )


def _told(services: Services, image: Image) -> dict[str, object]:
    link = services.uploads.sign(image.name, UPLOAD_LINK_LIFETIME)
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
