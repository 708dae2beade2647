"""Pictures go in by multipart, ids come out; all of them or none."""

import io
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from werkzeug.test import Client, TestResponse

from shared.blobs import image_name
from shared.errors import NotFound, Unavailable
from shared.ids import is_id
from shared.services import Services


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), seed: int = 1) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1] // 8, size[0] // 8, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize(size).save(file, kind)
    return file.getvalue()


def send(client: Client, *files: tuple[str, bytes], field: str = "images") -> TestResponse:
    return client.post("/api/images", data={field: [(io.BytesIO(data), name) for name, data in files]})


@pytest.mark.parametrize("field", ["images", "images[]", "files"])
def test_pictures_are_stored_under_our_own_names(client: Client, services: Services, field: str) -> None:
    answer = send(client, ("a.jpg", picture()), ("../../b.png", picture("PNG")), field=field)
    assert answer.status_code == 201 and answer.json
    ids = answer.json["user_image_ids"]
    assert ids == [image["id"] for image in answer.json["images"]] and all(map(is_id, ids)) and len(set(ids)) == 2
    for image in answer.json["images"]:
        assert (image["width"], image["height"], image["content_type"]) == (640, 480, "image/jpeg")
        blob = services.uploads.find(image_name(image["id"]))
        assert (blob.size, blob.metadata["owner"]) == (image["size"], "")
        parts = urlsplit(image["url"])
        shown = client.get(f"{parts.path}?{parts.query}")
        assert shown.status_code == 200 and shown.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(shown.data)).size == (640, 480)


def test_what_was_uploaded_can_be_used_in_a_film(client: Client) -> None:
    answer = send(client, ("a.jpg", picture()))
    assert answer.json
    body = {"content": "A post.", "user_image_ids": answer.json["user_image_ids"]}
    assert client.post("/api/video/generate", json=body).status_code == 202


def test_one_bad_file_refuses_all_and_each_is_named(client: Client, services: Services) -> None:
    answer = send(
        client, ("good.jpg", picture()), ("bad.jpg", b"GIF no, text"), ("small.png", picture("PNG", (64, 64)))
    )
    assert answer.json and answer.status_code == 415
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [
        ("images[1]", "unsupported_type"),
        ("images[2]", "image_too_small"),
    ]
    assert not [path for path in services.settings.data_dir.rglob("*") if "images" in path.parts and path.is_file()]


def test_too_many_too_large_or_none_is_refused(client: Client) -> None:
    four = send(client, *[(f"{number}.jpg", picture()) for number in range(4)])
    assert (four.status_code, four.json and four.json["code"]) == (400, "too_many_files")
    large = send(client, ("large.jpg", picture() + b"\0" * (2 * 1024 * 1024)))
    assert (large.status_code, large.json and large.json["code"]) == (413, "file_too_large")
    none = client.post("/api/images", data={"other": "text"}, content_type="multipart/form-data")
    assert (none.status_code, none.json and none.json["code"]) == (400, "invalid_request")
    wrong = client.post("/api/images", json={"images": []})
    assert (wrong.status_code, wrong.json and wrong.json["code"]) == (400, "invalid_request")


def test_a_body_beyond_three_files_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.post("/api/images", data=b"x" * 7_000_000, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413


def test_nothing_stays_behind_when_redis_does_not_take_the_ids(client: Client, services: Services) -> None:
    from shared.adapters.redis_jobs import RedisJobs

    services.jobs = RedisJobs.connect("redis://127.0.0.1:1", lease_seconds=2, max_attempts=3)
    answer = send(client, ("a.jpg", picture()))
    assert (answer.status_code, answer.json and answer.json["code"]) == (503, "unavailable")
    assert not [path for path in services.settings.data_dir.rglob("*") if "images" in path.parts and path.is_file()]


def test_a_store_that_does_not_answer_is_a_503(client: Client, services: Services) -> None:
    class Full:
        def __getattr__(self, name: str) -> object:
            raise Unavailable("The file store does not take files.")

    services.uploads = Full()  # type: ignore[assignment]
    answer = send(client, ("a.jpg", picture()))
    assert (answer.status_code, answer.json and answer.json["code"]) == (503, "unavailable")


def test_an_unknown_picture_has_no_file(services: Services) -> None:
    with pytest.raises(NotFound):
        services.uploads.get("images/2026/03/13/none")


def test_three_pictures_are_on_their_way_at_the_same_time(
    client: Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(6, timeout=20)  # three to store, three to sign: each waits for all
    put, sign = services.uploads.put, services.uploads.sign

    def waiting(true: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            together.wait()
            return true(*arguments, **options)

        return called

    monkeypatch.setattr(services.uploads, "put", waiting(put))
    monkeypatch.setattr(services.uploads, "sign", waiting(sign))
    answer = send(client, *((f"{seed}.jpg", picture(seed=seed)) for seed in range(3)))
    assert answer.status_code == 201 and answer.json
    for image, told in zip(answer.json["images"], answer.json["user_image_ids"], strict=True):
        assert image["id"] == told and told in image["url"]
