"""The line of views above a list: those of the noun, those that people have saved, and the way to save one."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import url_for

from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.lists.queries import SHARED_BY_DEPARTMENT, First, SeenView
from core.web.conditions import condition_fields
from core.web.listing import Query, views_of
from core.web.lists.addresses import EVERYTHING, conditions_of
from core.web.lists.opening import Opened
from core.web.nouns import Noun
from core.web.pages import Ask, Link, Say, Tone, Verb


def view_links(noun: Noun, opened: Opened, action: str) -> tuple[Link, ...]:
    """Everything, the declared views, the saved ones; a list without any needs no line of them."""
    declared, asked = views_of(noun), opened.query.view if opened.current is None else None
    if not declared and not opened.views:
        return ()
    return (
        Link(msg("All"), everything(noun, opened, action), current=asked == ""),
        *(Link(view.label, f"{action}?view={view.key}", current=view.key == asked, counted=view.key * view.calls) for view in declared),
        *(
            Link(
                view.name,
                f"{action}?view={view.id}",
                icon="" if view.mine else "users",
                hint="" if view.mine else msg("Shared by a colleague"),
                current=view is opened.current,
                counted=str(view.id),
            )
            for view in opened.views
        ),
    )


def everything(noun: Noun, opened: Opened, action: str) -> str:
    """The address of the whole list ``action``, which by itself may open with a view."""
    return f"{action}?view={EVERYTHING}" if opened.seen.first or noun.opens_with else action


WHY = {
    First.OWN: msg("Your default view: %(name)s"),
    First.ROLE: msg("Default view of your role: %(name)s"),
    First.DEPARTMENT: msg("Default view of your department: %(name)s"),
}


def why_narrowed(noun: Noun, opened: Opened, action: str) -> tuple[Say, ...]:
    """Why the list shows a part of itself although nobody asked for one, and the way to all of it."""
    view = opened.current
    if not opened.first or view is None or view.first is None:
        return ()
    return (Say(replace(WHY[view.first], params={"name": view.name}), Tone.IDLE, Link(msg("Show all"), everything(noun, opened, action))),)


def ordered_by(noun: Noun, query: Query) -> Message:
    """By which field the rows are ordered, and which of them come first."""
    name, downwards = query.order.lstrip("-"), query.order.startswith("-")
    if name == "id":
        return msg("Newest first") if downwards else msg("Oldest first")
    label = noun.fields[name].label
    if noun.fields[name].kind in ("date", "moment"):
        return msg("%(field)s: latest first", field=label) if downwards else msg("%(field)s: earliest first", field=label)
    return msg("%(field)s: descending", field=label) if downwards else msg("%(field)s: ascending", field=label)


def new_view(noun: Noun, opened: Opened) -> Link:
    """Saving the present conditions as a new view."""
    return Link(msg("New view"), f"{url_for('ListsView.new_view', name=noun.path)}?{_kept(opened)}", "plus", drawer=True)


def filter_door(noun: Noun, opened: Opened) -> Link | None:
    """Putting conditions together, where there are fields to ask for."""
    if not condition_fields(noun):
        return None
    kept = urlencode({"asked": urlencode(opened.query.asked)})
    return Link(msg("Filter"), f"{url_for('ListsView.conditions', name=noun.path)}?{kept}", "filter", drawer=True)


def columns_door(noun: Noun, opened: Opened) -> Link:
    """Choosing columns."""
    kept = urlencode({"asked": urlencode(opened.query.asked)})
    return Link(msg("Columns"), f"{url_for('ListsView.columns', name=noun.path)}?{kept}", "columns-3", drawer=True)


def view_verbs(opened: Opened) -> tuple[Link | Verb, ...]:
    """What may be done with the saved view that is open."""
    view = opened.current
    if view is None:
        return ()
    label = msg("Save the changes…") if opened.changed and view.mine else msg("Change this view")
    change = Link(label, f"{url_for('ListsView.edit_view', pk=view.id)}?{_kept(opened)}", "pencil", drawer=True)
    title = msg("Delete the view “%(name)s”?", name=view.name)
    ask = Ask(title, msg("People you share it with lose it too. Records stay."), msg("Delete"))
    delete = Verb(msg("Delete view"), url_for("ListsView.delete_view", pk=view.id), "trash", ask=ask, tone=Tone.BAD)
    return (change, _share(view), delete) if view.mine else (change,)


def _share(view: SeenView) -> Verb:
    """One press shows the view to the own department; any other circle is chosen in its form."""
    marks = (("pinned", view.pinned), ("usual", view.usual))
    kept = (("name", view.name), *((name, "1") for name, is_set in marks if is_set))
    shared = ("shared", f"{SHARED_BY_DEPARTMENT}-{actor().department_id}")
    return Verb(msg("Share with my department"), url_for("ListsView.edit_view", pk=view.id), "users", hidden=(*kept, shared))


def _kept(opened: Opened) -> str:
    """What is to be kept: the conditions, and the columns, their widths and the fields of cards that are there by the person's habit."""
    asked = list(opened.query.asked)
    for name, habit in (("columns", opened.seen.columns), ("widths", opened.seen.widths), ("cards", opened.seen.cards)):
        if habit and opened.current is None and name not in dict(asked):
            asked.append((name, habit))
    return urlencode({"conditions": conditions_of(asked)})
