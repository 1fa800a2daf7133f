"""The parts of a page that are the same for many answers: drawn once, and then filled with what belongs to one answer alone."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

from flask import current_app, g, request
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment
from markupsafe import Markup, escape

from core.web.pages.listing import ListPage
from core.web.pages.parts import Link, Text, Verb
from core.web.pages.reader import language
from core.web.pages.shell import MenuItem, MenuSection, Shell

TOKEN, HERE, NONCE = "\0t", "\0h", "\0n"
"""Where a drawn part gets the token of its forms, the address of the page and the nonce of the answer."""


def side_html(shell: Shell) -> Markup:
    """The side menu of ``shell``; drawn once for all whose menu is the same in the same company and language."""
    return _side(current_app.jinja_env, language(), shell.company, shell.companies, shell.menu, shell.home_href)


@lru_cache(maxsize=1_024)
def _side(
    templates: Environment, _language: str, company: Text, companies: tuple[Link, ...], menu: tuple[MenuSection, ...], home_href: str
) -> Markup:
    return _drawn(templates, "shell_side", shell=Shell(company=company, companies=companies, menu=menu, home_href=home_href))


def tools_html(shell: Shell) -> Markup:
    """The right end of the top bar; its forms carry the token of this answer and lead back here."""
    names = ("search_href", "create", "notices_href", "notices_count", "help_href", "me", "language")
    drawn = _tools(current_app.jinja_env, language(), Shell(company="", **{name: getattr(shell, name) for name in names}))
    here = escape(request.script_root + request.full_path.rstrip("?"))
    return Markup(drawn.replace(TOKEN, escape(generate_csrf())).replace(HERE, here))  # noqa: S704 - parts are escaped


@lru_cache(maxsize=1_024)
def _tools(templates: Environment, _language: str, shell: Shell) -> Markup:
    return _drawn(templates, "shell_tools", shell=shell, csrf=lambda: TOKEN, here=HERE)


def bottom_html(shell: Shell) -> Markup:
    """The bar of a phone."""
    return _bottom(current_app.jinja_env, language(), shell.bottom)


@lru_cache(maxsize=1_024)
def _bottom(templates: Environment, _language: str, bottom: tuple[MenuItem, ...]) -> Markup:
    return _drawn(templates, "shell_bottom", shell=Shell(company="", bottom=bottom))


def bulk_html(page: ListPage) -> Markup:
    """What may be done with picked rows; nothing where there are none, or nothing may be done."""
    if not (page.rows and (page.bulk or page.bulk_fields)):
        return Markup()
    drawn = _bulk(current_app.jinja_env, language(), page.bulk, page.bulk_fields, page.whole)
    return Markup(drawn.replace(TOKEN, escape(generate_csrf())).replace(HERE, escape(page.asked)))  # noqa: S704 - parts are escaped


@lru_cache(maxsize=1_024)
def _bulk(templates: Environment, _language: str, bulk: tuple[Verb, ...], bulk_fields: tuple[Verb, ...], whole: Text) -> Markup:
    given = {"bulk": bulk, "bulk_fields": bulk_fields, "whole": whole}
    return _drawn(templates, "list_bulk", csrf=lambda: TOKEN, here=HERE, **given)


def head_html() -> Markup:
    """Styles and scripts of every page, with the nonce of this answer."""
    drawn = _head(current_app.jinja_env, language(), current_app.config.get("ASSETS_VERSION", ""))
    return Markup(drawn.replace(NONCE, csp_nonce()))  # noqa: S704 - a nonce has no letters to escape


@lru_cache(maxsize=16)
def _head(templates: Environment, spoken: str, _version: str) -> Markup:
    return _drawn(templates, "base_head", spoken=spoken, nonce=NONCE)


def words_html() -> Markup:
    """What the scripts say, as JSON for an attribute."""
    return _words(current_app.jinja_env, language())


@lru_cache(maxsize=16)
def _words(templates: Environment, _language: str) -> Markup:
    return _drawn(templates, "base_words")


def _drawn(templates: Environment, name: str, **given: Any) -> Markup:
    return Markup(templates.get_template(f"keguan/{name}.html").render(**given).strip())  # noqa: S704 - the template escapes


def csp_nonce() -> str:
    """The nonce of this response; the security headers name the same one (``g.csp_nonce``)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)
