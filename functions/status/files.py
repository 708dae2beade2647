"""The signed download of a file that lies on disk: what a laptop has instead of Cloud Storage's own addresses."""

import flask

from shared.blobs import SignedFiles
from shared.errors import NotFound
from shared.http import Endpoint
from shared.services import Services


def serve(endpoint: Endpoint) -> None:
    """Add `GET /files/{store}/{name}`; HEAD and Range work, without which Safari does not play."""
    endpoint.route("GET", "/files/{store}/{name...}")(download)


def download(services: Services, request: flask.Request, store: str, name: str) -> flask.Response:
    if not services.settings.files_on_disk or store not in ("videos", "uploads"):
        raise NotFound("There is nothing at this address.")
    blobs = services.videos if store == "videos" else services.uploads
    if not isinstance(blobs, SignedFiles):
        raise NotFound("There is nothing at this address.")
    path, blob = blobs.open_signed(name, request.args)
    response = flask.send_file(path, mimetype="application/octet-stream", conditional=True, etag=True)
    response.headers["Content-Type"] = blob.content_type  # as it was stored, charset and all
    response.headers["Cache-Control"] = "private, max-age=3600"
    if download_name := request.args.get("download"):
        response.headers["Content-Disposition"] = f'inline; filename="{download_name}"'
    return response
