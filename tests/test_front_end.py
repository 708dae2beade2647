"""Front ends in a real browser: the description's snippets from another origin, and our page on the real service."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import browser, eventually, faults_of
from tests.fake_edge import FakeEdge
from tests.service import running

__all__ = ["browser"]  # a fixture: pytest finds it here

BACK_END = "http://localhost:8390"
FRONT_END = "http://localhost:3000"  # the first of the default CORS_ORIGINS
# The two snippets, letter for letter; the page's base sends their relative addresses to the other origin.
SNIPPETS = """<!doctype html><base href="http://localhost:8390/"><script>
async function start(content, style) {
  const response = await fetch('/api/video/generate', {
    method: 'POST',
    body: JSON.stringify({ content, style })
  });
  const { job_id } = await response.json();
  return job_id;
}
const pollStatus = async (jobId) => {
  const response = await fetch(`/api/video/status/${jobId}`);
  const status = await response.json();
  if (status.status === 'completed') {
    return status.video_url;
  }
  // Continue polling...
};
</script>"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with FakeEdge(sound="tones") as edge, running([], 8390, edge, tmp_path_factory.mktemp("service")):
        yield


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The test's own output is enough."""


@pytest.fixture(scope="module")
def front_end(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page on another origin, as a front end's development server has it."""
    folder = tmp_path_factory.mktemp("front-end")
    (folder / "index.html").write_text(SNIPPETS)
    with ThreadingHTTPServer(("127.0.0.1", 3000), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield FRONT_END
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def test_the_snippets_of_the_description_run_unchanged_from_another_origin(
    service: None, front_end: str, page: Page
) -> None:
    page.goto(front_end)
    assert page.evaluate("location.origin") == FRONT_END
    job_id = page.evaluate("start('Shipping beats planning. Start today.', 'professional')")
    address = None
    for _ in range(120):
        if address := page.evaluate("(id) => pollStatus(id)", job_id):
            break
        page.wait_for_timeout(500)
    kind = page.evaluate("async (url) => (await fetch(url)).headers.get('content-type')", address)
    assert kind == "video/mp4"


def test_a_browser_can_read_our_errors_and_headers_from_another_origin(
    service: None, front_end: str, page: Page
) -> None:
    page.goto(front_end)
    send = """async ([path, options]) => {
      const response = await fetch(path, { credentials: 'include', ...options });
      return [response.status, (await response.json()).code, response.headers.get('X-Request-Id')];
    }"""
    headers = {"Content-Type": "application/json", "Authorization": "Bearer x", "Idempotency-Key": "front-1"}
    for path, options, status, code in [
        (
            "/api/video/generate",
            {"method": "POST", "headers": headers, "body": '{"contnt": "x"}'},
            400,
            "invalid_request",
        ),
        ("/api/video/generate", {"method": "POST", "headers": headers, "body": "x" * 70_000}, 413, "file_too_large"),
        ("/api/video/status/unknown", {}, 404, "not_found"),
        ("/api/video/generate", {}, 405, "method_not_allowed"),
        ("/nowhere", {"method": "DELETE"}, 404, "not_found"),
    ]:
        answered = page.evaluate(send, [path, options])
        assert answered[:2] == [status, code]
        assert answered[2]


def test_an_origin_that_is_not_ours_is_kept_out_by_the_browser(service: None, front_end: str, page: Page) -> None:
    page.goto(front_end.replace("localhost", "127.0.0.1"))
    outcome = page.evaluate("fetch('/health').then(() => 'read', (error) => error.name)")
    assert outcome == "TypeError"


def test_the_page_makes_a_film_on_a_phone(service: None, page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "IMG_0001.jpg"
    noise = np.random.default_rng(3).integers(40, 200, (1500, 2000, 3), np.uint8)
    Image.fromarray(noise).resize((4000, 3000)).save(photo, quality=97)
    assert photo.stat().st_size > 2 * 1024 * 1024
    faults = faults_of(page)
    page.goto(f"{BACK_END}/test")
    page.get_by_label("Your post").fill("𝗜 𝗴𝗼𝘁 𝗳𝗶𝗿𝗲𝗱 🚀\n\nBest thing ever. https://example.com #careers")
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_alt_text("Picture 1: IMG_0001.jpg")).to_be_visible()
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible(timeout=60_000)
    eventually(page, "document.querySelector('video').readyState >= 1")
    assert page.evaluate("document.querySelector('video').videoHeight") == 1350
    page.evaluate("document.querySelector('video').muted = true, document.querySelector('video').play()")
    eventually(page, "document.querySelector('video').currentTime > 0.3")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []


def test_the_page_of_a_function_by_itself_finds_the_others(page: Page, tmp_path: Path) -> None:
    with FakeEdge(sound="tones") as edge, running(["functions"], 8490, edge, tmp_path):
        faults = faults_of(page)
        page.goto("http://localhost:8491/test")
        page.get_by_label("Your post").fill("Shipping beats planning.")
        picture = tmp_path / "team.png"
        Image.new("RGB", (800, 800), "#336699").save(picture)
        page.locator("input[type=file]").set_input_files(picture)
        page.get_by_role("button", name="Make the film").click()
        expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible(timeout=60_000)
        eventually(page, "document.querySelector('video').readyState >= 1")
        assert faults == []


def test_a_refused_post_is_explained_on_the_page(service: None, page: Page) -> None:
    page.goto(f"{BACK_END}/test")
    page.get_by_label("Your post").fill("🚀🚀🚀 #growth")
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("alert").filter(has_text="nothing to say")).to_be_visible()
