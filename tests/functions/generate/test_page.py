"""The test page in a real browser: the whole flow by mouse and by keyboard, and what it does when things go wrong."""

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from shared.styles import STYLES
from tests.browser import browser, eventually, faults_of
from tests.functions.generate.played_api import DROP, JOB, PAGE, PlayedApi, finished, job, played, problem

__all__ = ["browser"]  # a fixture: pytest finds it by its name in this module

OpenPage = Callable[..., Page]

POST = "Shipping beats planning. We cut our release cycle from six weeks to two days!"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real film of one second with its poster and captions."""
    folder = tmp_path_factory.mktemp("files")
    Image.new("RGB", (108, 136), "#14589b").save(folder / "film.jpg")
    (folder / "film.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nShipping beats planning.\n")
    (folder / "film.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nShipping beats planning.\n")
    still = ["-loop", "1", "-i", str(folder / "film.jpg"), "-t", "1", "-r", "25"]
    film = ["-pix_fmt", "yuv420p", "-movflags", "+faststart", str(folder / "film.mp4")]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *still, *film], check=True)
    return folder


@pytest.fixture
def api(files: Path) -> Iterator[PlayedApi]:
    with played(files) as api:
        yield api


@pytest.fixture
def open_page(browser: Browser, api: PlayedApi) -> Iterator[OpenPage]:
    """Opens the page; after the test nothing but refused answers may stand in its console."""
    pages: list[tuple[Page, list[str]]] = []

    def open_page(path: str = "/test", width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale="en-US"
        )
        page = context.new_page()
        page.set_default_timeout(8000)
        pages.append((page, faults_of(page)))
        page.goto(api.url + path)
        return page

    yield open_page
    for page, faults in pages:
        page.context.close()
        assert [fault for fault in faults if not fault.startswith("Failed to load resource")] == []


def picture(width: int = 640, height: int = 480, colour: str = "#c03aa5", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def phone_photo() -> bytes:
    """12 megapixels, over 2 MB, lying on its side: orientation 6 puts the red corner at the top right."""
    noise = np.random.default_rng(7).integers(60, 120, (3000, 4000, 3), dtype=np.uint8)
    noise[:1500, :2000] //= 8
    noise[:1500, :2000, 0] += 200
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "my home address"
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def add(page: Page, name: str, data: bytes) -> None:
    page.locator("#files").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def test_the_whole_flow_works_by_mouse(open_page: OpenPage, api: PlayedApi) -> None:
    page = open_page()
    page.get_by_label("Your post").fill(POST)
    add(page, "team.png", picture())
    expect(page.get_by_alt_text("Picture 1: team.png")).to_be_visible()
    page.locator(".card", has_text="Dynamic").click()
    page.locator(".card", has_text="Square").click()
    page.get_by_text("More options").click()
    page.locator(".switch", has_text="Narration").click()
    page.get_by_role("button", name="Make the film").click()

    expect(page.get_by_role("heading", name="Your film is ready")).to_be_focused()
    choices = {"style": "dynamic", "aspect_ratio": "1:1", "narration": "off"}
    assert api.requests == [{"content": POST, "user_image_ids": ["image-1-0"], **choices}]
    assert re.fullmatch(r"[0-9a-f]{32}", api.keys[0])
    eventually(page, "document.querySelector('video').readyState >= 1")
    assert page.evaluate("document.querySelector('video').videoWidth") == 108
    assert page.evaluate("document.querySelector('video').poster").endswith("/files/film.jpg")
    eventually(page, "document.querySelector('video').textTracks.length === 1")
    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "disabled"  # they are drawn in
    downloads = page.locator("#downloads a")
    assert [link.get_attribute("href") for link in downloads.all()] == [
        f"{api.url}/files/film.{kind}" for kind in ("mp4", "srt", "vtt", "jpg")
    ]
    with page.expect_download() as download:
        downloads.first.click()
    assert Path(download.value.path()).read_bytes() == (api.files / "film.mp4").read_bytes()
    expect(page.get_by_text("Narrated by Jenny, American English.")).to_be_visible()


def test_the_whole_flow_works_by_keyboard_alone(open_page: OpenPage, api: PlayedApi, tmp_path: Path) -> None:
    (tmp_path / "team.png").write_bytes(picture())
    page = open_page()
    page.on("filechooser", lambda chooser: None)  # takes over the chooser from now on, well before it opens
    tab_to(page, "#content")
    page.keyboard.type(POST)
    tab_to(page, "#files")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "team.png")
    expect(page.get_by_alt_text("Picture 1: team.png")).to_be_visible()
    tab_to(page, "[name=style]")
    page.keyboard.press("ArrowRight")
    tab_to(page, "[name=aspect_ratio]")
    page.keyboard.press("ArrowLeft")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=captions]")
    page.keyboard.press("Space")
    tab_to(page, "#submit")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your film is ready")).to_be_focused()
    (sent,) = api.requests
    assert (sent["style"], sent["aspect_ratio"], sent["captions"]) == ("casual", "16:9", {"enabled": False})
    eventually(page, "document.querySelector('video').textTracks[0]?.mode === 'showing'")  # not drawn in
    tab_to(page, "#downloads a")
    tab_to(page, "#done [data-back]")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    expect(page.locator("#content")).to_have_value(POST)


def test_characters_are_counted_as_linkedin_counts_them(open_page: OpenPage, api: PlayedApi) -> None:
    page = open_page()
    page.locator("#content").fill("é👍🏽")
    expect(page.locator("#count")).to_have_text("5 of 3,000")
    page.locator("#content").fill("a" * 2999 + "👍")
    expect(page.locator("#count")).to_have_text("3,001 of 3,000")
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("alert")).to_contain_text("1 character too long")
    assert api.requests == []


def test_a_phone_photo_arrives_small_upright_and_without_its_secrets(open_page: OpenPage, api: PlayedApi) -> None:
    photo = phone_photo()
    assert len(photo) > 2_000_000 and b"my home address" in photo
    page = open_page()
    page.locator("#content").fill(POST)
    add(page, "IMG_0001.jpeg", photo)
    add(page, "second.png", picture(colour="#00ff00"))
    add(page, "third.gif", picture(kind="GIF"))
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_role("button", name="Show picture 1 later").click()
    expect(page.get_by_role("button", name="Show picture 2 later")).to_be_focused()
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()

    (sent,) = api.uploads
    assert [name for name, _ in sent] == ["second.png", "IMG_0001.jpg", "third.gif"]
    data = sent[1][1]
    assert len(data) <= 2_000_000 and b"my home address" not in data
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG" and not image.getexif()
    assert image.height > image.width and image.height in (2560, 2048, 1600, 1280)
    upright = np.asarray(image.convert("RGB")).astype(int)
    middle_y, middle_x = image.height // 2, image.width // 2
    redness = upright[:, :, 0] - upright[:, :, 1]
    assert redness[: middle_y - 20, middle_x + 20 :].mean() > 150
    assert redness[: middle_y - 20, : middle_x - 20].mean() < 20
    assert redness[middle_y + 20 :].mean() < 20
    assert sent[0][1] == picture(colour="#00ff00")  # small enough: sent as it is
    assert api.requests[0]["user_image_ids"] == ["image-1-0", "image-1-1", "image-1-2"]


def test_a_fourth_picture_is_refused(open_page: OpenPage) -> None:
    page = open_page()
    for index in range(4):
        add(page, f"{index}.png", picture())
    expect(page.locator("#pictures-error")).to_contain_text("3.png was not added")
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_role("button", name="Remove picture 2").click()
    expect(page.locator(".tile")).to_have_count(2)
    expect(page.locator("#pictures-error")).to_be_empty()
    assert [image.get_attribute("alt") for image in page.locator(".tile img").all()] == [
        "Picture 1: 0.png",
        "Picture 2: 2.png",
    ]


def test_what_cannot_be_a_picture_of_a_film_is_refused_in_words(open_page: OpenPage) -> None:
    page = open_page()
    for name, data, words in (
        ("live.heic", b"\0\0\0\x18ftypheic" + bytes(200), "HEIC photo, which this browser cannot read"),
        ("torn.jpg", b"\xff\xd8\xff\xe0" + bytes(200), "torn.jpg is damaged"),
        ("notes.txt", b"just words, no picture", "notes.txt is not a picture"),
        ("icon.png", picture(64, 64), "icon.png is 64 by 64 pixels; each side needs at least 200"),
    ):
        add(page, name, data)
        expect(page.locator("#pictures-error")).to_contain_text(words)
    expect(page.locator(".tile")).to_have_count(0)


def test_pictures_can_be_dropped_and_pasted(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("""async () => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 300 });
        canvas.getContext("2d").fillRect(0, 0, 300, 300);
        const blob = await new Promise((resolve) => canvas.toBlob(resolve));
        const data = (name) => { const all = new DataTransfer(); all.items.add(new File([blob], name)); return all; };
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data("dropped.png"), bubbles: true }));
        document.querySelector("#content").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data("pasted.png"), bubbles: true }));
    }""")
    expect(page.get_by_alt_text("Picture 1: dropped.png")).to_be_visible()
    expect(page.get_by_alt_text("Picture 2: pasted.png")).to_be_visible()


def test_a_chosen_picture_is_never_left_out_in_silence(open_page: OpenPage, api: PlayedApi) -> None:
    page = open_page()
    page.locator("#content").fill(POST)
    page.evaluate("""() => {  // sent while the pictures are still being read
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["no picture"], "torn.jpg"));
        dataTransfer.items.add(new File(["nor this"], "notes.txt"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        document.querySelector("form").requestSubmit();
    }""")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("torn.jpg is not a picture")
    expect(alert).to_contain_text("notes.txt is not a picture")
    assert api.requests == []


def test_an_empty_post_is_not_sent(open_page: OpenPage, api: PlayedApi) -> None:
    page = open_page()
    page.get_by_role("button", name="Make the film").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("button", name="Write or paste your post first.").click()
    expect(page.locator("#content")).to_be_focused()
    assert api.requests == []


def test_a_refusal_stands_beside_its_field_and_in_an_alert(open_page: OpenPage, api: PlayedApi) -> None:
    error = {"field": "content", "code": "nothing_to_narrate", "message": "Add a sentence to say aloud."}
    api.generate = [
        problem(422, "nothing_to_narrate", "There is nothing to say.", errors=[error], request_id="r-1"),
        {"job_id": JOB},
    ]
    page = open_page()
    page.locator("#content").fill("🎉🎉🎉")
    page.get_by_role("button", name="Make the film").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    for words in ("Nothing to narrate", "There is nothing to say.", "Add a sentence to say aloud.", "Reference r-1"):
        expect(alert).to_contain_text(words)
    expect(page.locator("#content-error")).to_have_text("Add a sentence to say aloud.")
    assert page.locator("#content").get_attribute("aria-invalid") == "true"

    page.locator("#content").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()
    assert api.keys[0] != api.keys[1]


def test_a_refused_picture_says_so_on_its_tile(open_page: OpenPage, api: PlayedApi) -> None:
    error = {"field": "images[1]", "code": "image_unreadable", "message": "This one is cut off."}
    api.upload = [problem(422, "image_unreadable", "One picture cannot be read.", errors=[error])]
    page = open_page()
    page.locator("#content").fill(POST)
    add(page, "a.png", picture())
    add(page, "b.png", picture())
    expect(page.locator(".tile")).to_have_count(2)
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("alert")).to_contain_text("This one is cut off.")
    expect(page.locator(".tile").nth(1)).to_contain_text("This one is cut off.")
    expect(page.locator(".tile").nth(0)).not_to_contain_text("cut off")
    assert api.requests == []


def test_too_many_requests_says_when_to_try_again(open_page: OpenPage, api: PlayedApi) -> None:
    api.generate = [problem(429, "rate_limited", "That was the last film for this hour.", retry_after_seconds=600)]
    page = open_page()
    page.locator("#content").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("alert")).to_contain_text("That was the last film for this hour.")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Try again in 10 minutes, at \d\d:\d\d"))


def test_a_lost_answer_is_asked_for_again_with_the_same_key(open_page: OpenPage, api: PlayedApi) -> None:
    api.generate = [DROP, {"job_id": JOB}]
    page = open_page()
    page.locator("#content").fill(POST)
    add(page, "a.png", picture())
    expect(page.locator(".tile")).to_have_count(1)
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("alert")).to_contain_text("did not answer")
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()
    assert len(set(api.keys)) == 1 and api.requests[0] == api.requests[-1]
    assert len(api.uploads) == 1


def test_watching_goes_on_after_a_dropped_connection(open_page: OpenPage, api: PlayedApi) -> None:
    busy = problem(503, "unavailable", "Redis does not answer.")
    api.statuses = [job("processing", 12, "media_processing"), DROP, busy, finished()]
    page = open_page()
    page.locator("#content").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    expect(page.locator("#trouble")).to_contain_text("Your film is not lost")
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible(timeout=15_000)


def test_progress_is_told_in_words_and_figures(open_page: OpenPage, api: PlayedApi) -> None:
    api.statuses = [job("processing", 47, "combining_media", eta_seconds=6)]
    page = open_page()
    page.locator("#content").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "47")
    expect(page.locator("#stage")).to_have_text("Drawing and encoding")
    expect(page.locator("#news")).to_have_text("Drawing and encoding")
    expect(page.locator("#eta")).to_have_text("About 6 seconds left")
    expect(page.locator(".stages .past")).to_have_text(["Finding the pictures", "Recording the voice"])
    page.get_by_role("button", name="Stop waiting and go back").click()
    expect(page.locator("#content")).to_have_value(POST)


def test_a_reload_finds_the_film_and_the_form_again(open_page: OpenPage, api: PlayedApi) -> None:
    api.statuses = [job("processing", 47, "combining_media")]
    page = open_page()
    page.locator("#content").fill(POST)
    page.locator(".card", has_text="Casual").click()
    page.get_by_role("button", name="Make the film").click()
    expect(page.locator("#percent")).to_have_text("47 %")
    page.reload()
    expect(page.locator("#percent")).to_have_text("47 %")
    assert page.url.endswith(f"#job={JOB}")
    api.statuses = [finished()]
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()
    page.get_by_role("button", name="Make another").click()
    expect(page.locator("#content")).to_have_value(POST)
    expect(page.get_by_role("radio", name="Casual")).to_be_checked()
    assert len(api.requests) == 1 and "#" not in page.url


def test_a_film_can_be_cancelled_and_made_after_all(open_page: OpenPage, api: PlayedApi) -> None:
    api.statuses = [job("processing", 47, "combining_media")]
    page = open_page()
    page.get_by_label("Your post").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    page.get_by_role("button", name="Cancel the film").click()
    expect(page.get_by_role("heading", name="The film was cancelled")).to_be_visible()
    assert api.cancels == 1
    api.statuses = [finished()]
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()


def test_a_failed_film_says_why_and_can_be_tried_again(open_page: OpenPage, api: PlayedApi) -> None:
    detail = {"code": "stalled", "retryable": True, "hint": "Try it again.", "request_id": "r-9"}
    failed = job("error", 47, "combining_media", error="Nobody works on it any more.", error_detail=detail)
    api.statuses = [failed, finished()]
    page = open_page()
    page.locator("#content").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    for words in ("The film could not be made", "Nobody works on it any more.", "Try it again.", "Reference r-9"):
        expect(alert).to_contain_text(words)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()
    assert api.requests[0] == api.requests[1] and api.keys[0] != api.keys[1]


def test_a_job_that_nobody_knows_ends_the_waiting(open_page: OpenPage, api: PlayedApi) -> None:
    api.statuses = [problem(404, "not_found", "There is no such film.", hint="Films are known for 24 hours.")]
    page = open_page(f"/test#job={JOB}")
    expect(page.get_by_role("alert")).to_contain_text("There is no such film.")
    expect(page.get_by_role("alert")).to_contain_text("Films are known for 24 hours.")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_hostile_words_stay_words(open_page: OpenPage, api: PlayedApi) -> None:
    hostile = '<img src=x onerror="document.title=1">'
    answer = finished(warnings=[{"code": "x", "message": hostile}])
    answer["narration"] = {"engine": "edge", "voice": hostile}
    answer["credits"] = [{"text": hostile, "url": "javascript:alert(1)"}]
    answer["captions_url"] = "javascript:alert(1)"
    api.statuses = [answer]
    page = open_page()
    page.locator("#content").fill(hostile)
    expect(page.locator("#feed-text")).to_have_text(hostile)
    page.get_by_role("button", name="Make the film").click()
    expect(page.locator("#warnings li")).to_have_text(hostile)
    expect(page.locator("#credits li")).to_have_text(hostile)
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0 and page.locator("#downloads a").count() == 3
    assert api.requests[0]["content"] == hostile


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, api: PlayedApi, width: int) -> None:
    def overflow() -> int:
        return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    api.statuses = [finished(warnings=[{"code": "x", "message": "w" * 300}])]
    page = open_page(width=width, height=844)
    page.locator("#content").fill("Donaudampfschifffahrt" * 30)
    for index in range(3):
        add(page, f"{'long' * 30}{index}.png", picture())
    expect(page.locator(".tile")).to_have_count(3)
    page.locator("#more summary").click()
    assert overflow() <= 0
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()
    assert overflow() <= 0


def test_the_page_works_below_a_functions_own_address(open_page: OpenPage) -> None:
    page = open_page("/generate/test")
    page.locator("#content").fill("Hello")
    expect(page.locator("#count")).to_have_text("5 of 3,000")
    assert page.evaluate("getComputedStyle(document.querySelector('.layout')).display") == "grid"


def test_the_swatches_are_the_palettes_of_the_films() -> None:
    css = (PAGE / "app.css").read_text()
    for style in STYLES.values():
        (rule,) = re.findall(rf'^\[data-style="{style.name}"\] {{(.*)}}$', css, re.MULTILINE)
        palette = style.palette
        shown = [*palette.ground, palette.accent, palette.on_accent, palette.plate, palette.text]
        assert re.findall(r"#[0-9a-f]{6}", rule) == shown
    assert re.findall(r'name="style" value="(\w+)"', (PAGE / "index.html").read_text()) == list(STYLES)


PLAN = {
    "language": "en", "voice": "en-US-JennyNeural", "estimated_seconds": 14.2, "max_duration_seconds": 60.0,
    "estimated_render_seconds": 9, "left_out": ["A sentence too many."],
    "warnings": [{"code": "text_shortened", "message": "1 sentence was left out."}],
    "scenes": [
        {"text": "We cut costs by $1.2M.", "spoken": "We cut costs by 1.2 million dollars.", "kind": "hook",
         "image_id": None, "search_terms": ["office"], "estimated_seconds": 4.1},
        {"text": "Nobody noticed.", "spoken": "Nobody noticed.", "kind": "body", "image_id": None, "search_terms": [],
         "estimated_seconds": 3.0},
        {"text": "Would you?", "spoken": "Would you?", "kind": "close", "image_id": None, "search_terms": [],
         "estimated_seconds": 2.0},
    ],
}  # fmt: skip


def test_a_plan_is_read_changed_and_filmed(open_page: OpenPage, api: PlayedApi) -> None:
    api.plan = [PLAN]
    page = open_page()
    page.get_by_label("Your post").fill(POST)
    page.get_by_role("button", name="See the plan first").click()
    expect(page.get_by_role("heading", name="What the film will tell")).to_be_focused()
    expect(page.get_by_text("The voice says: We cut costs by 1.2 million dollars.")).to_be_visible()
    expect(page.get_by_text("A sentence too many.")).to_be_visible()
    expect(page.get_by_text("1 sentence was left out.")).to_be_visible()
    page.get_by_label("Scene 1", exact=True).fill("We cut costs by half.")
    expect(page.get_by_text("The voice says: We cut")).to_be_hidden()
    page.get_by_role("button", name="Leave scene 2 out").click()
    page.get_by_role("button", name="Make this film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_focused()
    (sent,) = api.requests
    assert sent["content"] == POST and api.planned[0]["content"] == POST
    assert sent["scenes"] == [
        {"text": "We cut costs by half.", "kind": "hook", "image_id": None, "search_terms": ["office"]},
        {"text": "Would you?", "spoken": "Would you?", "kind": "close", "image_id": None, "search_terms": []},
    ]


def test_a_scene_can_show_another_of_the_pictures(open_page: OpenPage, api: PlayedApi) -> None:
    shown = ["image-1-0", "image-1-1", "image-1-0"]
    api.plan = [PLAN | {"scenes": [s | {"image_id": i} for s, i in zip(PLAN["scenes"], shown, strict=True)]}]  # type: ignore[call-overload]
    page = open_page()
    page.get_by_label("Your post").fill(POST)
    add(page, "one.png", picture())
    add(page, "two.png", picture(colour="#14589b"))
    expect(page.get_by_alt_text("Picture 2: two.png")).to_be_visible()
    page.get_by_role("button", name="See the plan first").click()
    page.get_by_label("Picture of scene 1").select_option(label="two.png")
    page.get_by_role("button", name="Make this film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_focused()
    assert [scene["image_id"] for scene in api.requests[0]["scenes"]] == ["image-1-1", "image-1-1", "image-1-0"]
    assert len(api.uploads) == 1, "the pictures were sent twice"


def test_a_plan_that_is_refused_says_why_and_stays(open_page: OpenPage, api: PlayedApi) -> None:
    api.plan = [PLAN]
    too_long = {"field": "scenes", "code": "too_long", "message": "These scenes take about 90 seconds."}
    api.generate = [problem(400, "invalid_request", "The scenes take too long.", errors=[too_long])]
    page = open_page()
    page.get_by_label("Your post").fill(POST)
    page.get_by_role("button", name="See the plan first").click()
    page.get_by_role("button", name="Make this film").click()
    expect(page.locator("#plan-problem")).to_contain_text("These scenes take about 90 seconds.")
    expect(page.get_by_label("Scene 2", exact=True)).to_have_value("Nobody noticed.")


def test_what_belongs_beside_the_film_is_shown_and_copied(open_page: OpenPage, api: PlayedApi) -> None:
    text = "Shipping beats planning \\(really\\). #shipping"
    api.statuses = [
        finished(
            post={"commentary": text, "fold_preview": {"mobile": "Shipping beats…", "desktop": "Shipping"},
                  "character_count": 42, "hashtags": ["shipping"], "transcript": "Shipping beats planning.",
                  "upload_captions": "Do not upload the SRT."},
            linkedin_check=[{"rule": "frame_rate", "ok": True, "value": "25 fps", "limit": "10 to below 30 fps"},
                            {"rule": "size", "ok": False, "value": "12 KB", "limit": "75 KB to 500 MB"}],
            usage={"voice": {"scenes_reused": 5, "seconds_saved": 7.25}},
        )
    ]  # fmt: skip
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Your post").fill(POST)
    page.get_by_role("button", name="Make the film").click()
    expect(page.locator("#commentary")).to_have_text(text)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == text
    expect(page.get_by_text("Do not upload the SRT.")).to_be_visible()
    expect(page.locator("#fold")).to_have_text("Shipping beats…")
    expect(page.locator("#usage")).to_contain_text("5 scenes")
    page.get_by_text("LinkedIn's rules for this file").click()
    expect(page.locator("#check .broken")).to_contain_text("12 KB")
    page.get_by_text("What the captions say").click()
    expect(page.locator("#transcript")).to_have_text("Shipping beats planning.")


WRITTEN = {
    "content": "Nobody missed it.\n\n→ Fewer meetings\n\nAnd you?\n\n#Meetings", "commentary": "",
    "character_count": 52, "hashtags": ["Meetings"], "fold_preview": {"mobile": "", "desktop": ""}, "engine": "offline",
    "warnings": [{"code": "length_missed", "message": "The post has 52 characters."}],
}  # fmt: skip


def test_a_post_is_written_from_notes_and_the_text_before_can_come_back(open_page: OpenPage, api: PlayedApi) -> None:
    api.post = [WRITTEN]
    page = open_page()
    page.get_by_label("Your post").fill("What stood here.")
    page.get_by_text("Write one from notes").click()
    page.get_by_role("button", name="Write the post").click()
    expect(page.get_by_text("Write down a few points first.")).to_be_visible()
    expect(page.get_by_label("Notes")).to_be_focused()
    page.get_by_label("Notes").fill("- fewer meetings\nnobody missed it")
    page.get_by_label("Tone").select_option("casual")
    page.get_by_label("Length").select_option("short")
    page.get_by_role("button", name="Write the post").click()
    expect(page.get_by_label("Your post")).to_have_value(WRITTEN["content"])
    expect(page.get_by_label("Your post")).to_be_focused()
    expect(page.locator("#count")).to_have_text(f"{len(WRITTEN['content'])} of 3,000")
    expect(page.locator("#written")).to_contain_text("no language model wrote it")
    expect(page.locator("#written")).to_contain_text("The post has 52 characters.")
    assert api.noted == [{"notes": "- fewer meetings\nnobody missed it", "tone": "casual", "length": "short"}]
    page.get_by_role("button", name="Put my text back").click()
    expect(page.get_by_label("Your post")).to_have_value("What stood here.")
    expect(page.locator("#written")).to_be_hidden()


def test_notes_that_are_refused_stay_with_the_reason(open_page: OpenPage, api: PlayedApi) -> None:
    api.post = [problem(429, "rate_limited", "That was the last post for this hour.", retry_after_seconds=600), WRITTEN]
    page = open_page()
    page.get_by_text("Write one from notes").click()
    page.get_by_label("Notes").fill("Some notes.")
    page.get_by_role("button", name="Write the post").click()
    expect(page.locator("#notes-error")).to_contain_text(
        "That was the last post for this hour. Try again in 10 minutes"
    )
    expect(page.get_by_label("Your post")).to_have_value("")
    page.get_by_role("button", name="Write the post").click()
    expect(page.get_by_label("Your post")).to_have_value(WRITTEN["content"])
    expect(page.locator("#notes-error")).to_be_hidden()
    expect(page.get_by_role("button", name="Put my text back")).to_be_hidden()


@pytest.mark.parametrize("width", [400, 1280])
def test_the_place_for_notes_fits_the_window(open_page: OpenPage, api: PlayedApi, width: int) -> None:
    api.post = [WRITTEN | {"warnings": [{"code": "x", "message": "w" * 300}]}]
    page = open_page(width=width)
    page.get_by_text("Write one from notes").click()
    page.get_by_label("Notes").fill("Donaudampfschifffahrt" * 30)
    page.get_by_role("button", name="Write the post").click()
    expect(page.locator("#written")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def photograph(number: int) -> dict[str, object]:
    credit = {"text": f"Photo by Ann {number} on Unsplash", "url": f"https://unsplash.com/photos/{number}",
              "author": f"Ann {number}", "author_url": "https://unsplash.com/@ann?utm_medium=referral",
              "service": "Unsplash", "service_url": "https://unsplash.com/?utm_medium=referral"}  # fmt: skip
    return {"reference": f"unsplash:{number}", "thumbnail_url": "/files/film.jpg", "alt": f"desk {number}",
            "credit": credit}  # fmt: skip


def with_photographs() -> dict[str, Any]:
    scenes: list[dict[str, Any]] = [dict(scene) for scene in PLAN["scenes"]]  # type: ignore[attr-defined]
    scenes[0]["candidates"] = [photograph(number) for number in range(3)]
    return PLAN | {"scenes": scenes}


def test_a_photograph_is_chosen_in_the_plan_and_named_with_its_links(open_page: OpenPage, api: PlayedApi) -> None:
    api.plan = [with_photographs()]
    page = open_page()
    page.get_by_label("Your post").fill(POST)
    page.get_by_role("button", name="See the plan first").click()
    group = page.get_by_role("group", name="Photograph of scene 1")
    expect(group.get_by_role("link", name="Ann 1")).to_have_attribute("href", re.compile("utm_medium=referral"))
    expect(group.get_by_role("link", name="Unsplash").first).to_be_visible()
    group.get_by_role("radio", name="desk 2").click()
    group.get_by_role("radio", name="desk 1").click()
    page.get_by_role("button", name="Make this film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_focused()
    assert [scene["search_terms"] for scene in api.requests[0]["scenes"]] == [["unsplash:1"], [], []]
    assert "candidates" not in api.requests[0]["scenes"][0]


def test_a_choice_of_a_photograph_can_be_taken_back(open_page: OpenPage, api: PlayedApi) -> None:
    api.plan = [with_photographs()]
    page = open_page(width=390)
    page.get_by_label("Your post").fill(POST)
    page.get_by_role("button", name="See the plan first").click()
    radio = page.get_by_role("radio", name="desk 0")
    radio.click()
    expect(radio).to_be_checked()
    radio.click()
    expect(radio).not_to_be_checked()
    page.get_by_role("button", name="Make this film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_focused()
    assert api.requests[0]["scenes"][0]["search_terms"] == ["office"]


def test_a_finished_film_names_who_made_its_photographs(open_page: OpenPage, api: PlayedApi) -> None:
    api.statuses = [finished(credits=[photograph(7)["credit"]])]
    page = open_page(f"/test#job={JOB}")
    line = page.locator("#credits li")
    expect(line).to_have_text("Photo by Ann 7 on Unsplash")
    assert [link.get_attribute("href") for link in line.locator("a").all()] == [
        "https://unsplash.com/@ann?utm_medium=referral", "https://unsplash.com/?utm_medium=referral",
    ]  # fmt: skip
