"""The conditions of a list as chips, each with the address of the list without it."""

from __future__ import annotations

from dataclasses import replace

from core.database.fields import Field
from core.kernel.words import Message, listed, msg
from core.web.conditions import Condition
from core.web.gate import database_of
from core.web.list_values import EMPTY, NONE_SEEN
from core.web.listing import Query
from core.web.lists.addresses import EVERYTHING, asking, href
from core.web.lists.naming import Names
from core.web.lists.words import Named, told_condition, told_span, told_value
from core.web.nouns import Noun
from core.web.pages import Chip
from core.web.tagging import LABEL, TAG, tag_words

VIEW = msg("Default view")


def named_by(names: Names) -> Named:
    """What a picked record is called; one that may not be seen is its number."""
    return lambda declared, value: names.get((declared.target, int(value)), value)


def picked_text(declared: Field, value: str, names: Names) -> Message | str:
    """What a value of a quick filter is called."""
    if value == EMPTY:
        return NONE_SEEN if declared.kind == "reference" else msg("Not given")
    return told_value(declared, value, named_by(names))


def chips_of(noun: Noun, query: Query, names: Names) -> tuple[Chip, ...]:
    """The view that the list opens with by itself, quick filters, and spans of days, which must all hold; then the conditions, as they
    are joined."""
    chips = [
        *(Chip(VIEW, view.label, href(query, view=EVERYTHING)) for view in noun.views if view.key == query.view == noun.opens_with),
        *(_of_filter(noun, query, name, names) for name in query.filters),
    ]
    for name in dict.fromkeys([*query.since, *query.until]):
        span = told_span(query, name)
        chips.append(Chip(noun.fields[name].label, span, href(query, **{f"{name}_from": "", f"{name}_to": ""})))
    if query.tags:
        chips.append(Chip(LABEL, listed(tag_words(database_of().session(), query.tags)), href(query, **{TAG: ""})))
    built = _of_conditions(noun, query, names)
    if chips and len(built) > 1 and query.conditions.any_of:
        built = [replace(built[0], opens=f"({built[0].opens}"), *built[1:-1], replace(built[-1], closes=f"{built[-1].closes})")]
    return (*chips, *built)


def _of_filter(noun: Noun, query: Query, name: str, names: Names) -> Chip:
    declared = noun.fields[name]
    shown = [str(picked_text(declared, value, names)) for value in query.filters[name]]
    return Chip(declared.label, listed(shown), href(query, **{name: ""}))


def _of_conditions(noun: Noun, query: Query, names: Names) -> list[Chip]:
    """Groups stand together in brackets; the word before a chip is that of its group, or of the whole."""
    conditions = query.conditions
    outer, inner = (msg("or"), msg("and")) if conditions.any_of else (msg("and"), msg("or"))
    groups: dict[int, list[Condition]] = {}
    for place, one in enumerate(conditions.all):
        groups.setdefault(one.group or -1 - place, []).append(one)
    chips: list[Chip] = []
    for group in sorted(groups.values(), key=lambda found: found[0].group):
        made = [
            Chip(
                noun.fields[one.name].label,
                told_condition(noun, one, named_by(names)),
                without(query, one),
                joined=inner if place else outer if chips else msg("and"),
                opens="(" if len(group) > 1 and not place else "",
                closes=")" if len(group) > 1 and place == len(group) - 1 else "",
            )
            for place, one in enumerate(group)
        ]
        chips += made
    return chips


def without(query: Query, condition: Condition) -> str:
    """The address of the list without ``condition``."""
    left = [one for one in query.conditions.all if one is not condition]
    pairs = [(key, value) for key, value in query.asked if key not in ("where", "page") and (key != "join" or len(left) > 1)]
    return asking(query, [*pairs, *(("where", one.written) for one in left)])
