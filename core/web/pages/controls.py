"""Questions of a form that are typed, and what all questions have in common. Written in Python because a form asks some thirty of them,
and a macro for each part of each would take longer than everything else of the page together."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

from core.kernel.words import msg
from core.web.pages.forms import FieldKind, FormField, Option
from core.web.pages.reader import language

TYPES = {
    FieldKind.EMAIL: "email",
    FieldKind.PHONE: "tel",
    FieldKind.PASSWORD: "password",
    FieldKind.DATE: "date",
    FieldKind.DATETIME: "datetime-local",
}
MODES = {FieldKind.NUMBER: "decimal", FieldKind.MONEY: "decimal", FieldKind.PHONE: "tel", FieldKind.EMAIL: "email"}
DAYS = frozenset({FieldKind.DATE, FieldKind.DATETIME})
MUST = Markup('<span class="must" aria-hidden="true">*</span>')
ASKING = 'hx-trigger="input changed delay:400ms" hx-target="next .kg-hint" hx-swap="innerHTML" hx-push-url="false"'


class Controls:
    """Draws them; ``icon`` draws an icon of the sheet."""

    def __init__(self, icon: Callable[..., Markup]) -> None:
        self._icon = icon

    def typed(self, field: FormField, key: str, form: str = "") -> Markup:
        """A question that is answered by typing: label, control, what is wrong or what helps."""
        at = str(escape(key))
        control = _textarea(field, at, form) if field.kind is FieldKind.TEXTAREA else self._whole(field, _input(field, at, form))
        return _safe(
            f'<div class="kg-field" data-field="{escape(field.name)}">\n'
            f'<label class="form-label" for="{at}">{escape(str(field.label))}{MUST if field.required else ""}</label>{control}\n'
            f"{self._below(field, at)}</div>"
        )

    def _whole(self, field: FormField, control: str) -> str:
        """``control`` with what says how it is answered: a currency, a unit, the sign of a day or of a list of words."""
        sign = "calendar" if field.kind in DAYS else "chevron-down" if field.options else ""
        if field.kind is not FieldKind.MONEY and not field.unit and not sign:
            return control
        before = '<span class="before" aria-hidden="true">¥</span>' if field.kind is FieldKind.MONEY else ""
        after = f'<span class="after">{escape(field.unit)}</span>' if field.unit else ""
        after = f'<span class="after sign">{self._icon(sign)}</span>' if sign else after
        return f'<div class="kg-unit">{before}{control}{after}</div>'

    def below(self, field: FormField, key: str) -> Markup:
        """What stands under a control: the error, else why it cannot be changed, else the help; and room for a hint while typing."""
        return _safe(self._below(field, str(escape(key))))

    def _below(self, field: FormField, at: str) -> str:
        said = ""
        if field.error:
            said = f'<div class="kg-err" id="{at}e">{self._icon("alert-circle")}<span>{escape(field.error)}</span></div>\n'
        elif field.disabled:
            said = f'<div class="form-hint">{self._icon("lock", "sm")}{escape(field.disabled)}</div>\n'
        elif field.help:
            said = f'<div class="form-hint" id="{at}h">{escape(str(field.help))}</div>\n'
        return f'{said}<div class="kg-hint" role="status"></div>\n' if field.hint_href else said


def attributes(field: FormField, key: str, form: str = "") -> Markup:
    """Name, id (``key``) and what a screen reader is told of ``field``; ``form`` names a form outside of which the control stands."""
    return _safe(_attributes(field, str(escape(key)), form))


def _attributes(field: FormField, at: str, form: str) -> str:
    said = [f' id="{at}" name="{escape(field.name)}"']
    if form:
        said.append(f' form="{escape(form)}"')
    if field.required:
        said.append(" required")
    if field.error:
        said.append(f' aria-invalid="true" aria-describedby="{at}e"')
    elif field.help:
        said.append(f' aria-describedby="{at}h"')
    if field.disabled:
        said.append(f' disabled title="{escape(field.disabled)}"')
    return "".join(said)


def _input(field: FormField, at: str, form: str) -> str:
    mode = f' inputmode="{MODES[field.kind]}"' if field.kind in MODES else ""
    mode += " data-yuan" if field.kind is FieldKind.MONEY else ""
    return (
        f'<input class="form-control{_invalid(field)}" type="{TYPES.get(field.kind, "text")}"{_attributes(field, at, form)}'
        f' value="{escape(field.value)}" autocomplete="{escape(field.autocomplete)}"{mode}'
        f"{_expected(field)}{_limit(field)}{_hint(field)}{_offers(field, at)}"
    )


def _expected(field: FormField) -> str:
    """What stands in an empty control: how a day or moment is written, or that there are words to choose from."""
    if field.kind in DAYS:
        return f' placeholder="{escape(msg("YYYY-MM-DD HH:MM") if field.kind is FieldKind.DATETIME else msg("YYYY-MM-DD"))}"'
    return f' placeholder="{escape(msg("Choose or type"))}"' if field.options else ""


def _offers(field: FormField, at: str) -> str:
    """What ends the control: words that are offered while typing, of a list that takes others too."""
    if not field.options:
        return ">"
    return f' list="{at}o"><datalist id="{at}o">{_words(field.options, language())}</datalist>'


@lru_cache(maxsize=256)
def _words(options: tuple[Option, ...], _language: str) -> str:
    return "".join(f'<option value="{escape(option.label)}"></option>' for option in options)


def _textarea(field: FormField, at: str, form: str) -> str:
    return (
        f'<textarea class="form-control{_invalid(field)}" rows="{field.rows}"{_attributes(field, at, form)}{_limit(field)}{_hint(field)}>\n'
        f"{escape(field.value)}</textarea>"
    )


def _invalid(field: FormField) -> str:
    return " is-invalid" if field.error else ""


def _limit(field: FormField) -> str:
    return f' maxlength="{field.max_length}"' if field.max_length else ""


def _hint(field: FormField) -> str:
    return f' hx-get="{escape(field.hint_href)}" {ASKING}' if field.hint_href else ""


def _safe(html: str) -> Markup:
    """``html`` whose parts from outside have been escaped where they were put in."""
    return Markup(html)  # noqa: S704
