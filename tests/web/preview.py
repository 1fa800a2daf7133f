"""Every page with sample data, and its pictures: ``python -m tests.web.preview OUT_DIR [NAME...]``; ``--serve`` to click around."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, jsonify, make_response, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as BrowserPage
from werkzeug.serving import make_server

from core.web.pages import install, render
from core.web.pages.frame import csp_nonce
from tests.web.samples import NOW
from tests.web.samples_pages import SAMPLES, frame

ROOT = Path(__file__).parents[2]
PO = ROOT / "core/translations/zh_CN/LC_MESSAGES/messages.po"
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def make_app(compiled: Path) -> Flask:
    """The pages at ``/p/<name>?lang=en&theme=dark``; translations are compiled into the folder ``compiled``."""
    folder = compiled / "zh_Hans_CN" / "LC_MESSAGES"  # the name that flask-babel gives to zh_CN
    folder.mkdir(parents=True, exist_ok=True)
    with PO.open("rb") as source, (folder / "messages.mo").open("wb") as target:
        write_mo(target, read_po(source))
    app = Flask(
        "preview", template_folder=str(ROOT / "core/web/templates"), static_folder=str(ROOT / "core/web/static"), static_url_path="/static"
    )
    app.config.update(SECRET_KEY="preview", BABEL_TRANSLATION_DIRECTORIES=str(compiled), WTF_CSRF_CHECK_DEFAULT=False)
    CSRFProtect(app)
    Babel(app, locale_selector=lambda: request.args.get("lang") or request.cookies.get("lang") or "zh_CN")
    install(app, now=lambda: NOW)
    app.add_url_rule("/p/<name>", view_func=show)
    app.add_url_rule("/choices", view_func=choices)
    app.add_url_rule("/<path:other>", view_func=other, methods=["GET", "POST"])
    app.after_request(headers)
    return app


def show(name: str) -> str:
    """One sample."""
    page, current = SAMPLES[name]
    return render(page(), frame(current))


def other(other: str) -> str:
    """Where the samples' links lead: the record, the form, else the list; a refused form for a POST."""
    names = {
        "record": "record",
        "history": "history",
        "form": "form-refused" if request.method == "POST" else "form",
        "contract-form": "form-contract",
    }
    return show(names.get(other, "list"))


def choices() -> object:
    """An endpoint of references with three pages."""
    page, query = int(request.args.get("page", 1)), request.args.get("q", "")
    return jsonify(
        items=[{"id": page * 100 + n, "text": f"{query or '员工'} {page * 20 + n}", "hint": "华东销售一部"} for n in range(20)],
        more=page < 3,
    )


def headers(response: object) -> object:
    """The content policy of the real application."""
    answer = make_response(response)
    nonce = csp_nonce()
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'"
    )
    return answer


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port; yields its address."""
    server = make_server("127.0.0.1", int(os.environ.get("PORT", "0")), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def shoot(base: str, out: Path, names: list[str], languages: tuple[str, ...], themes: tuple[str, ...]) -> list[str]:
    """Pictures of the named pages; returns what the browser complained about, and what is wider than its window."""
    complaints: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for size, theme, language in product(SIZES, themes, languages):
            page = open_page(browser, size, theme, language, complaints)
            for name in names:
                page.goto(f"{base}/p/{name}?lang={language}", wait_until="networkidle")
                complaints += [f"{name} {language} {size}: {wide}" for wide in page.evaluate(TOO_WIDE)]
                picture(page, out / f"{name}-{language[:2]}-{theme}-{SIZES[size][0]}.png", size)
            page.context.close()
        browser.close()
    return complaints


TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map((one) => `<${one.tagName} class="${one.className}"> is wider than the window`)"""


def open_page(browser: Browser, size: str, theme: str, language: str, complaints: list[str]) -> BrowserPage:
    """A window of this size that writes down what goes wrong in it."""
    width, height = SIZES[size]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale=language.replace("_", "-"),
        has_touch=size == "phone",
        reduced_motion="reduce",
    )
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def picture(page: BrowserPage, path: Path, size: str) -> None:
    """The whole page on a wide screen, the first screenful of a phone."""
    width, height = SIZES[size]
    tall = int(page.evaluate("document.documentElement.scrollHeight")) if size == "wide" else height
    page.set_viewport_size({"width": width, "height": max(height, tall)})
    page.screenshot(path=str(path))
    page.set_viewport_size({"width": width, "height": height})


def main(arguments: list[str]) -> int:
    """Take the pictures, or serve until interrupted."""
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with serving(make_app(out / "compiled")) as base:
        if "--serve" in arguments:
            print(base)
            threading.Event().wait()
        themes = ("dark",) if "--dark" in arguments else ("light",)
        languages = ("zh_CN",) if "--zh" in arguments else ("zh_CN", "en")
        names = [name for name in arguments[1:] if not name.startswith("--")] or list(SAMPLES)
        complaints = shoot(base, out, names, languages, themes)
    print("\n".join(sorted(set(complaints))) or "no complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
