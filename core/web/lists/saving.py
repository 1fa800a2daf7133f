"""The form by which a view is saved or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for

from core.kernel.words import Message, msg
from core.lists.models import LONGEST_NAME, ListView
from core.lists.operations import ViewWish
from core.web.nouns import Noun
from core.web.pages import FieldKind, FieldSet, FormField, FormPage, Link, Option, Say
from core.web.showing import view_name

Typed = Mapping[str, str]


def read_wish(form: Typed) -> ViewWish:
    """What the form asks for."""
    first = bool(form.get("first")) if form.get("first-shown") else None
    return ViewWish(form.get("name", "")[:200], form.get("shared", "")[:60], bool(form.get("pinned")), bool(form.get("usual")), first)


@dataclass(frozen=True)
class Draft:
    """The present answers: as typed, with what is wrong with them; ``shares`` are the circles that one may share with.

    ``governs`` when the person may set the default view of the circle that is shared with, or of one that might be.
    """

    typed: Typed
    shares: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Message] = field(default_factory=dict)
    governs: bool = False


def view_form(noun: Noun, draft: Draft, view: ListView | None, *, mine: bool = True) -> FormPage:
    """The form of a new view, or of ``view``; a colleague's is only pinned and opened first."""
    list_href = url_for(f"{view_name(noun)}.list")
    back = f"{list_href}?view={view.id}" if view is not None else list_href
    return FormPage(
        title=msg("New view: %(list)s", list=noun.plural) if view is None else msg("View “%(name)s”", name=view.name),
        crumbs=(Link(noun.plural, list_href),),
        back=Link(noun.plural, back),
        action=url_for("ListsView.new_view", name=noun.path) if view is None else url_for("ListsView.edit_view", pk=view.id),
        groups=(FieldSet("", (*(_questions(draft, view) if mine else ()), *_first(draft), *_marks(draft.typed))),),
        hidden=(("conditions", draft.typed.get("conditions", "")),),
        submit=msg("Save view") if view is None else msg("Save"),
        cancel_href=back,
        says=() if mine else (Say(msg("A colleague shares this view with you. You may pin it or open the list with it.")),),
    )


def _questions(draft: Draft, view: ListView | None) -> tuple[FormField, ...]:
    typed = draft.typed
    name = FormField(
        "name",
        msg("Name"),
        FieldKind.TEXT,
        typed.get("name", ""),
        required=True,
        max_length=LONGEST_NAME,
        help=msg("The search, the conditions, the order, the columns and the card fields that you see now are kept."),
        error=draft.errors.get("name", ""),
    )
    shared = FormField(
        "shared",
        msg("Visible to"),
        FieldKind.CHOICE,
        typed.get("shared", ""),
        options=tuple(Option(key, label) for key, label in draft.shares.items()),
        help=msg("If nothing is chosen: only you. A view keeps conditions only; whoever opens it sees their own records."),
        error=draft.errors.get("shared", ""),
    )
    if view is None:
        return (name, shared)
    taken = FormField("take", msg("Replace the saved conditions with the current ones"), FieldKind.CHECKBOX, typed.get("take", ""))
    return (name, shared, taken) if typed.get("conditions", view.conditions) != view.conditions else (name, shared)


def _first(draft: Draft) -> tuple[FormField, ...]:
    if not draft.governs:
        return ()
    return (
        FormField(
            "first",
            msg("Default view of everybody there"),
            FieldKind.CHECKBOX,
            draft.typed.get("first", ""),
            help=msg("The list opens with it for this department and all below it, or this role, unless somebody has chosen another."),
            error=draft.errors.get("first", ""),
        ),
    )


def _marks(typed: Typed) -> tuple[FormField, ...]:
    return (
        FormField("pinned", msg("Pin to the side menu"), FieldKind.CHECKBOX, typed.get("pinned", "")),
        FormField("usual", msg("Use as the default view"), FieldKind.CHECKBOX, typed.get("usual", "")),
    )
