"""Every page with sample data, and its pictures: ``python -m tests.web.preview OUT_DIR [NAME...]``; ``--serve`` to click around."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, jsonify, make_response, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.serving import make_server

from core.web.pages import install, render
from core.web.pages.rendering import csp_nonce
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
    folder = compiled / "zh_CN" / "LC_MESSAGES"
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
    names = {"record": "record", "form": "form-refused" if request.method == "POST" else "form", "contract-form": "form-contract"}
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


def shoot(
    base: str, out: Path, names: list[str], languages: tuple[str, ...] = ("zh_CN", "en"), themes: tuple[str, ...] = ("light",)
) -> list[str]:
    """Pictures of the named pages; returns what the browser complained about."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for size, (width, height) in SIZES.items():
            for theme in themes:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, has_touch=size == "phone", reduced_motion="reduce"
                )
                page = context.new_page()
                page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
                page.on("pageerror", lambda error: complaints.append(str(error)))
                for language in languages:
                    for name in names:
                        page.goto(f"{base}/p/{name}?lang={language}", wait_until="networkidle")
                        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        if overflow > 0:
                            complaints.append(f"{name} {language} {size}: {overflow} px wider than the window")
                        page.screenshot(path=str(out / f"{name}-{language[:2]}-{theme}-{width}.png"), full_page=size == "wide")
                context.close()
        browser.close()
    return complaints


def main(arguments: list[str]) -> int:
    """Take the pictures, or serve until interrupted."""
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
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
