"""Windows of Chromium that write down what goes wrong in them: messages, policy violations, requests to other hosts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from werkzeug.http import parse_cookie

from tests.browser.house import PASSWORD, House

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, TABLET, PHONE = (1440, 900), (820, 1180), (390, 844)
VIOLATIONS = """window.refusals = []; addEventListener("securitypolicyviolation", (event) => { refusals.push(event.blockedURI);
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`); });"""
PATIENCE = 15_000  # ms until something that must appear counts as missing: two busy cores are slow
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium; a machine without one fails here."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing. Please install the package chromium."
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Window:
    """One window of one person. ``complaints`` are what a person would never see but must not happen."""

    context: BrowserContext
    page: Page
    house: House
    complaints: list[str] = field(default_factory=list)
    first: dict[str, str | None] = field(default_factory=dict)  # by rule: the first such address that this person comes by
    links: dict[str, list[str]] = field(default_factory=dict)  # by page: where it leads

    def listen(self) -> None:
        """Begin to write down complaints."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        self.context.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        said = ("the server responded with a status of 4", "the server responded with a status of 5", "Response Status Error Code 401 ")
        refused = any(one in message.text for one in said)
        if (
            message.type in ("error", "warning") and not refused
        ):  # a refusal is a page like others; its status is looked at where it matters
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" != self.house.address:
            self.complaints.append(f"asked another host: {request.url}")

    def open(self, path: str, company: str = "") -> int:
        """Go to ``path`` of the company and return the status of the answer."""
        answer = self.page.goto(self.house.url(path, company) if company else self.house.url(path), wait_until="load")
        assert answer is not None
        return answer.status

    def sign_in(self, account: str, password: str = PASSWORD) -> None:
        """Sign in by the form, as a person does."""
        self.page.goto(f"{self.house.address}/account/sign-in")
        self.page.locator("[name=username]").fill(account)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("form button[type=submit]").click()
        self.page.wait_for_url("**/c/**")


@contextmanager
def window(
    browser: Browser, house: House, account: str = "", size: tuple[int, int] = WIDE, theme: str = "light", language: str = "zh-CN"
) -> Iterator[Window]:
    """A window, already signed in as ``account`` unless that is empty; nobody moves and nothing fades."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        locale=language.replace("_", "-"),
        timezone_id="Asia/Shanghai",
        has_touch=size[0] < 768,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(VIOLATIONS)
    if account:
        context.add_cookies([{"name": name, "value": value, "url": house.address} for name, value in session_of(house, account)])
    context.add_cookies([{"name": "kg_theme", "value": theme, "url": house.address}])
    context.add_cookies([{"name": "kg_language", "value": language.replace("-", "_"), "url": house.address}])
    found = Window(context, context.new_page(), house)
    found.listen()
    yield found
    context.close()


def session_of(house: House, account: str) -> list[tuple[str, str]]:
    response = house.application.response_class()
    house.application.session_interface.begin(house.application, house.user_id(account), response)  # type: ignore[attr-defined]
    return list(parse_cookie(response.headers["Set-Cookie"].partition(";")[0]).items())
