"""From a page model to HTML, and what the templates may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.templating import Environment as EnvironmentOfFlask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from core.web import formats
from core.web.pages.cells import template_globals
from core.web.pages.controls import MUST, attributes
from core.web.pages.frame import bottom_html, bulk_html, csp_nonce, head_html, side_html, tools_html, words_html
from core.web.pages.listing import ListPage
from core.web.pages.parts import Page
from core.web.pages.questions import Questions
from core.web.pages.reader import language, new_id
from core.web.pages.record import Entry
from core.web.pages.shell import Shell


class Templates(EnvironmentOfFlask):
    """Templates that all know the same globals: Jinja would give each a map of maps, and compare two of these at every import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template."""
        return self.globals if d is None else super().make_globals(d)


def install(app: Flask, *, now: Callable[[], datetime] | None = None) -> None:
    """Give the templates our filters and functions. ``now`` returns the time in UTC; tests pass a fixed one.

    The application serves ``core/web/static`` at ``/static`` and finds ``core/web/templates``.
    """
    clock = now or (lambda: datetime.now(UTC))
    app.extensions["keguan_clock"] = clock
    app.jinja_env.filters.update(formats.filters(clock), groupby_day=by_day)
    asset = asset_addresses(app)
    icon = icons_by(asset)
    questions = Questions(icon)
    app.jinja_env.globals.update(
        asset=asset,
        attributes=attributes,
        below=questions.controls.below,
        icon=icon,
        must=MUST,
        chosen=questions.choices.chosen,
        typed=questions.controls.typed,
        csrf=generate_csrf,
        csp_nonce=csp_nonce,
        language=language,
        new_id=new_id,
        run_html=questions.run,
        side_html=side_html,
        tools_html=tools_html,
        bottom_html=bottom_html,
        bulk_html=bulk_html,
        head_html=head_html,
        words_html=words_html,
        around_html=around_html,
    )
    app.jinja_env.globals.update(template_globals(clock))
    app.jinja_env.finalize = _nothing_for_none
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def render(page: Page, shell: Shell | None = None, *, fragment: str | None = None) -> str:
    """The HTML of ``page``, or of its part ``fragment`` (``list``, ``tab-body``, ``drawer``) alone.

    Without ``fragment`` the part is the one that HTMX asks for in this request, if any.
    """
    part = asked_part(page) if fragment is None else fragment
    template = page.fragments.get(part, page.template)
    return render_template(template, page=page, shell=shell, now=current_app.extensions["keguan_clock"]())


def around_html(page: ListPage) -> Markup:
    """What stands above the rows of a list; drawn once where the page says that it comes again, and carries no form to be sent."""
    kept = page.around
    if kept is None or page.view_verbs or page.grouped or page.says or page.begins_below:
        return _around(page)
    if kept.html is None:
        kept.html = _around(page)
    return kept.html


def _around(page: ListPage) -> Markup:
    return Markup(current_app.jinja_env.get_template("keguan/list_around.html").render(page=page))  # noqa: S704 - the template escapes


def asked_part(page: Page | type[Page]) -> str:
    """The part of ``page`` that HTMX asks for in this request; empty when it is the whole page, with its frame."""
    part = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else ""
    return part if part in page.fragments else ""


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day of Shanghai's calendar."""

    day: date
    entries: list[Entry]


def by_day(entries: Iterable[Entry]) -> list[Day]:
    """Entries, given newest first, put under their days."""
    return [Day(day, list(group)) for day, group in groupby(entries, lambda entry: formats.local(entry.at).date())]


def asset_addresses(app: Flask) -> Callable[[str], str]:
    """What gives the address of a static file, outside of the company's path so that all companies share one cached copy."""
    folder = app.static_url_path

    def asset(path: str) -> str:
        return f"{folder}/{path}?v={app.config.get('ASSETS_VERSION', '1')}"

    return asset


def icons_by(asset: Callable[[str], str]) -> Callable[..., Markup]:
    """What draws an icon of the sheet; ``size`` is a class such as ``sm``. A page shows some sixty of them, and always the same."""
    drawn: dict[tuple[str, str, str], Markup] = {}

    def icon(name: str, size: str = "") -> Markup:
        sheet = asset("vendor/icons.svg")
        html = drawn.get((sheet, name, size))
        if html is None:
            html = drawn[sheet, name, size] = Markup(
                '<svg class="kg-ico{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
            ).format(f" {size}" if size else "", sheet, name)
        return html

    return icon


def _nothing_for_none(value: Any) -> Any:
    """A forgotten ``None`` never reaches a person; empty values of records go through the ``shown`` macros, which draw a dash."""
    return "" if value is None else value
