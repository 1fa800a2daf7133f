"""Questions that are answered by a choice. Written in Python like those that are typed (:mod:`core.web.pages.controls`), and kept for the
next form where only the value differs: a form asks some six of them, each with up to a hundred choices."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flask import request
from markupsafe import Markup, escape

from core.kernel.words import msg
from core.web.pages.controls import MUST, attributes
from core.web.pages.forms import FieldKind, FormField
from core.web.pages.parts import Link
from core.web.pages.reader import language


class Choices:
    """Draws them; ``icon`` draws an icon of the sheet, ``below`` what stands under a control."""

    def __init__(self, icon: Callable[..., Markup], below: Callable[[FormField, str], Markup]) -> None:
        self._icon, self._below = icon, below

    def chosen(self, field: FormField, key: str, form: str = "", compact: bool = False) -> Markup:
        """A question that is answered by a choice: label, control, what is wrong or what helps; ``compact`` has room for a list only."""
        at, must = escape(key), MUST if field.required else ""
        if field.segmented and not compact:
            label = f'<span class="form-label" id="{at}l">{escape(field.label)}{must}</span>'
            control: str = self._segments(field, key, form)
        else:
            label = f'<label class="form-label" for="{at}">{escape(field.label)}{must}</label>'
            control = self._reference(field, key, form) if field.kind is FieldKind.REFERENCE else _select(field, key, form)
        under = f"{self._below(field, key)}{_at_hand(field, at)}"
        return Markup(  # noqa: S704 (every part is escaped where it is put in)
            f'<div class="kg-field" data-field="{escape(field.name)}">\n{label}{control}\n{under}</div>'
        )

    def _reference(self, field: FormField, key: str, form: str) -> str:
        """The search, and beside it "+" to create what is not found."""
        plus = self._plus(field.create, key) if field.create is not None else ""
        return f'<div class="kg-row">\n<div class="kg-grow">{_select(field, key, form)}</div>\n{plus}</div>'

    def _plus(self, create: Link, key: str) -> str:
        """It opens the form of the other record over this one; over the second drawer is no third, so there it opens a tab and says so."""
        above, at, href = request.headers.get("HX-Target") == "over", escape(key), escape(create.href)
        says = escape(msg("%(label)s, in a new tab", label=create.label) if above else create.label)
        over = f' hx-get="{href}" hx-vals=\'{{"into": "{at}"}}\' hx-target="#over" hx-swap="innerHTML" hx-push-url="false"'
        return (
            f'<a class="btn btn-plain kg-square" href="{href}" target="_blank" rel="opener"{"" if above else over}'
            f' title="{says}" aria-label="{says}" data-create-for="{at}">{self._icon("external-link" if above else "plus")}</a>\n'
        )

    def _segments(self, field: FormField, key: str, form: str = "") -> Markup:
        """All choices side by side; the label has the id ``key`` with an ``l`` behind it."""
        at = escape(key)
        wrong = (" is-invalid", f' aria-describedby="{at}e"') if field.error else ("", "")
        shared = f' form="{escape(form)}"' if form else ""
        last = f"{' required' if field.required else ''}{' disabled' if field.disabled else ''}"
        drawn = "".join(
            f'<label><input type="radio" name="{escape(field.name)}" value="{escape(one.value)}"{shared}'
            f"{' checked' if one.value == field.value else ''}{last}>{self._icon(one.icon) if one.icon else ''}{escape(one.label)}</label>"
            for one in field.options
        )
        return Markup(f'<div class="kg-seg{wrong[0]}" role="radiogroup" aria-labelledby="{at}l"{wrong[1]}>{drawn}</div>')  # noqa: S704


def _at_hand(field: FormField, at: str) -> str:
    """Records that were looked at lately, one press away."""
    if not field.near:
        return ""
    offered = "".join(
        f'<button type="button" class="kg-pick" value="{escape(one.value)}" data-take="{at}">'
        f'<span class="kg-cut">{escape(one.label)}</span></button>'
        for one in field.near
    )
    return f'<div class="kg-row kg-wrap kg-athand" role="group" aria-label="{escape(msg("Recently viewed"))}">{offered}</div>\n'


def _select(field: FormField, key: str, form: str = "") -> Markup:
    """A list that is searched while typing, in the browser or by ``search_href``."""
    first = "" if field.required and field.value else f'<option value="">{escape(_unanswered(field))}</option>'
    if field.kind is FieldKind.REFERENCE and field.value:
        first += f'<option value="{escape(field.value)}" selected>{escape(field.shown or field.value)}</option>'
    wrong = " is-invalid" if field.error else ""
    search = f' data-search="{escape(field.search_href)}"' if field.search_href else ""
    told = f' aria-label="{escape(field.label)}" data-select{" data-leads" if field.leads else ""}{search}{_sayings(language())}'
    opened = f'<select class="form-select{wrong}"{attributes(field, key, form)}{told}>'
    return Markup(f"{opened}\n{first}{_offered(field)}\n</select>")  # noqa: S704 (every part is escaped where it is put in)


def _unanswered(field: FormField) -> str:
    return str(msg("Search or choose") if field.search_href else msg("Not chosen"))


@lru_cache(maxsize=8)
def _sayings(_language: str) -> str:
    """What the script says of its search, in the reader's language."""
    said = {
        "none": msg("Nothing found"),
        "wait": msg("Searching"),
        "more": msg("Loading more"),
        "failed": msg("Could not search. Please try again."),
    }
    return "".join(f' data-{name}="{escape(text)}"' for name, text in said.items())


def _offered(field: FormField) -> str:
    """The choices; of a reference the chosen one stands before them already."""
    options = field.options
    if field.kind is FieldKind.REFERENCE:
        options = tuple(one for one in options if one.value != field.value)
    return "".join(_option(one.value, str(one.label), one.value == field.value) for one in options)


@lru_cache(maxsize=2_048)
def _option(value: str, label: str, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'
