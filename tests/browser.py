"""A real browser for tests of pages: Debian's chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NO_BROWSER = "NO CHROMIUM FOUND: the pages are NOT tested here. Install it (apt-get install chromium) and run again."

# Told to the page before its first script runs: a violation is an event, and the console may be read too late.
WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""


@pytest.fixture(scope="module")  # not longer: while Playwright lives, its loop keeps asyncio.run() from working
def browser() -> Iterator[Browser]:
    """A chromium with a profile of its own, made for this module and thrown away after it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--headless=new",
                "--no-sandbox",  # containers and root have none
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


def faults_of(page: Page) -> list[str]:
    """A list that fills with what goes wrong on the page: console errors, uncaught ones, refusals by the CSP."""
    faults: list[str] = []
    page.add_init_script(WATCH_POLICY)
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


def eventually(page: Page, expression: str) -> None:
    """Waits until the expression is true. Playwright's wait_for_function asks by eval(), which the policy forbids."""
    for _ in range(80):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")
