"""What a kind of record is offered on its pages and in REST, read from its declaration alone: the same for every plugin (design 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.database.search import searchable
from core.extension.registry import Registry
from core.extension.rights import CREATE, EXPORT, PRINT, READ, UPDATE
from core.web.bulk.offering import shared_by_many
from core.web.charting import GROUPED
from core.web.comments import has_comments
from core.web.conditions import OPERATORS
from core.web.marks import can_be_marked
from core.web.nouns import Noun
from core.web.printing import has_form
from core.web.searching import led_by
from core.web.shapes import has_calendar, has_cards, has_chart
from core.web.tagging import TAGGING, has_tags
from core.web.usual_board import board_of
from core.work.import_targets import HOUSE_TARGETS


@dataclass(frozen=True)
class Feature:
    """One thing that people do with records of a kind. ``verb`` is the right that it asks for; ``offered`` reads a declaration."""

    name: str
    verb: str
    offered: Callable[[Noun, Registry], bool]


def _always(noun: Noun, registry: Registry) -> bool:
    return True


def _business(noun: Noun, registry: Registry) -> bool:
    """Records of the business, not those by which the house is kept."""
    return noun.plugin != "core"


def _written_one_by_one(noun: Noun, registry: Registry) -> bool:
    parent = getattr(noun.model, "__parent__", "")
    return noun.change is not None and any(name != parent for name in noun.written)


def _written_in_the_list(noun: Noun, registry: Registry) -> bool:
    return _written_one_by_one(noun, registry) and any(shown.name in noun.written for shown in noun.columns)


def _written_for_many(noun: Noun, registry: Registry) -> bool:
    return _written_one_by_one(noun, registry) and any(shared_by_many(noun.fields[name]) for name in noun.written)


def _taken_from_files(noun: Noun, registry: Registry) -> bool:
    return noun.resource in registry.importable or any(target.resource == noun.resource for target in HOUSE_TARGETS)


FEATURES: tuple[Feature, ...] = (
    Feature("list", READ, _always),
    Feature("search box", READ, lambda noun, _: bool(searchable(noun.model) or led_by(noun))),
    Feature("sort", READ, lambda noun, _: any(noun.fields[shown.name].sortable for shown in noun.columns if shown.name in noun.fields)),
    Feature("quick filters", READ, lambda noun, _: bool(noun.filters)),
    Feature("conditions", READ, lambda noun, _: any(_asked_about(noun, name) for name in noun.fields)),
    Feature("groups with sums", READ, lambda noun, _: _grouped(noun)),
    Feature("chart", READ, lambda noun, _: has_chart(noun)),
    Feature("board", READ, lambda noun, _: board_of(noun) is not None),
    Feature("cards", READ, lambda noun, _: has_cards(noun)),
    Feature("calendar", READ, lambda noun, _: has_calendar(noun)),
    Feature("choice of columns", READ, _always),
    Feature("saved views", READ, _always),
    Feature("star", READ, lambda noun, _: can_be_marked(noun)),
    Feature("tags", UPDATE, lambda noun, _: has_tags(noun)),
    Feature("place in the list", READ, lambda noun, _: can_be_marked(noun)),
    Feature("new record", CREATE, lambda noun, _: noun.create is not None),
    Feature("form", UPDATE, lambda noun, _: noun.change is not None),
    Feature("change in place", UPDATE, _written_one_by_one),
    Feature("change in the list", UPDATE, _written_in_the_list),
    Feature("many at once", UPDATE, _written_for_many),
    Feature("stage bar", READ, lambda noun, _: noun.bar is not None or noun.cycle is not None),
    Feature("verbs", READ, lambda noun, _: any(act.verb not in TAGGING for act in noun.acts)),
    Feature("tabs", READ, _always),
    Feature("timeline", READ, lambda noun, _: has_comments(noun)),
    Feature("comments", READ, lambda noun, _: has_comments(noun)),
    Feature("files", UPDATE, lambda noun, _: noun.files),
    Feature("history", READ, _always),
    Feature("print", PRINT, lambda noun, _: has_form(noun)),
    Feature("export", EXPORT, _business),
    Feature("import", CREATE, _taken_from_files),
    Feature("REST", READ, _always),
)


def features_of(noun: Noun, registry: Registry) -> tuple[Feature, ...]:
    """What records of ``noun`` are offered."""
    return tuple(one for one in FEATURES if one.offered(noun, registry))


def _asked_about(noun: Noun, name: str) -> bool:
    declared = noun.fields[name]
    return declared.kind in OPERATORS and (declared.filterable or declared.sortable or name in noun.filters)


def _grouped(noun: Noun) -> bool:
    return any(noun.fields[name].kind in GROUPED for name in noun.filters)
