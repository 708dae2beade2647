"""Good pictures arrive upright, sharp and in their colours: straight through the API, and through the page."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.test import Client

from functions.upload.images import MAX_FILE_BYTES
from shared.blobs import image_name
from shared.services import Services
from tests.browser import browser
from tests.camera_pictures import LARGE, SMALL, Original, likeness
from tests.fake_edge import FakeEdge
from tests.service import running

__all__ = ["browser"]  # a fixture: pytest finds it here

PORT = 8396
TOGETHER = 3
QUICK = (5, 8, 9)  # one on its side, one in Display P3, one progressive


def arrived_well(original: Original, file: bytes, stored: bytes, *, least_sharpness: float) -> bool:
    seen = likeness(original, file, stored)
    return seen.is_upright and seen.error < 5.5 and seen.patch < 2.5 and least_sharpness < seen.sharpness < 1.2


@pytest.mark.parametrize(
    "original",
    [
        original if number in QUICK else pytest.param(original, marks=pytest.mark.long)
        for number, original in enumerate(SMALL)
    ],
    ids=lambda original: original.name,
)
def test_a_camera_s_file_arrives_upright_sharp_and_in_its_colours(
    client: Client, services: Services, original: Original
) -> None:
    file = original.file()
    assert len(file) <= MAX_FILE_BYTES
    answer = client.post("/api/images", data={"images": (io.BytesIO(file), "DSC_0001.JPG")})
    assert answer.status_code == 201 and answer.json
    [image] = answer.json["images"]
    wide, high = original.width, original.height
    scale = min(1, 3_000 / max(wide, high))
    assert abs(image["width"] - wide * scale) <= 1 and abs(image["height"] - high * scale) <= 1
    stored = services.uploads.get(image_name(image["id"]))
    assert arrived_well(original, file, stored, least_sharpness=0.95), likeness(original, file, stored)


def test_the_measure_sees_a_wrong_turn_a_wrong_colour_and_a_soft_picture() -> None:
    upright = SMALL[0]
    file, size = upright.file(), (upright.width, upright.height)
    assert arrived_well(upright, file, file, least_sharpness=0.95)
    assert not likeness(upright, file, SMALL[2].file()).is_upright
    wide = Original(name="Display P3, but nobody looks at the profile", width=size[0], height=size[1], is_p3=True)
    assert likeness(upright, file, wide.file()).patch > 5
    soft = io.BytesIO()
    upright.scene().resize((size[0] // 2, size[1] // 2)).resize(size).save(soft, "JPEG", quality=95)
    assert likeness(upright, file, soft.getvalue()).sharpness < 0.75


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with FakeEdge(sound="tones") as edge, running([], PORT, edge, tmp_path_factory.mktemp("service")):
        yield


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, len(LARGE), TOGETHER))
def test_the_page_sends_large_files_smaller_and_they_arrive_well(
    service: None, page: Page, tmp_path: Path, first: int
) -> None:
    originals = LARGE[first : first + TOGETHER]
    files = [tmp_path / f"DSC_{number}.JPG" for number in range(len(originals))]
    for original, file in zip(originals, files, strict=True):
        file.write_bytes(original.file())
        assert 3e6 <= file.stat().st_size <= 12e6
    page.route("**/api/video/generate", no_film)
    page.goto(f"http://localhost:{PORT}/test")
    page.get_by_label("Your post").fill("A post.")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator("#pictures img")).to_have_count(len(files), timeout=120_000)
    with page.expect_response("**/api/images") as sent:
        page.get_by_role("button", name="Make the film").click()
    assert sent.value.status == 201
    for original, file, image in zip(originals, files, json.loads(sent.value.body())["images"], strict=True):
        assert max(image["width"], image["height"]) >= 2_048
        stored = requests.get(image["url"], timeout=10).content
        seen = likeness(original, file.read_bytes(), stored)
        print(original.name, seen)
        assert arrived_well(original, file.read_bytes(), stored, least_sharpness=0.8), (original.name, seen)


def no_film(route: Route) -> None:
    route.fulfill(status=503, content_type="application/problem+json", body='{"detail": "No film today."}')
