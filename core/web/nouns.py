"""A noun of the business as the web knows it: declared once by a plugin, shown as list, record, form and REST alike."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from core.access.taken_back import Done
from core.database.fields import Field
from core.database.records import Record
from core.database.references import head_of
from core.kernel.errors import StartRefused
from core.kernel.lifecycle import Lifecycle, cycle_of
from core.kernel.words import Message, msg
from core.web.dues import Due
from core.web.pages import CardPlace, ColumnKind, Tag


@dataclass(frozen=True)
class Shown:
    """A column of the list: a declared field and how it is shown; the kind follows from the field unless it is given."""

    name: str
    kind: ColumnKind | None = None
    place: CardPlace = CardPlace.HIDDEN
    late_after: int | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Group:
    """Fields that belong together on the form and on the record's page."""

    title: Message
    names: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True)
class Begins:
    """What a verb begins from the record: a new record of ``model``, which refers to it by ``by``.

    ``already`` is why there is no second one as long as one is there; with ``counts()`` only those count for which that condition holds.
    Without it there may be any number of them.
    """

    model: type[Record]
    by: str = ""
    already: Message | None = None
    counts: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Act:
    """A verb on one record besides create, change and delete.

    ``run(session, record_id, version, **values)`` is the operation; ``right`` the verb of the permission; ``asks`` the fields
    that the person fills in; ``why_not(record)`` says why it is not possible now, or None; ``begins`` what it makes, so that it is offered
    to those alone who may make one, and only while one may still be made.

    ``back(session, record_id, done)`` restores what ``run`` has changed when it was run for many records (``done`` is a
    :class:`~core.access.taken_back.Done`); it raises :class:`~core.kernel.errors.Conflict` for what was changed since. Without it, nothing
    is taken back in one step.
    """

    verb: str
    label: Message
    run: Callable[..., Any]
    right: str
    icon: str = ""
    asks: tuple[Field, ...] = ()
    why_not: Callable[[Any], Message | None] | None = None
    confirm: Message | None = None
    primary: bool = False
    begins: Begins | None = None
    back: Callable[[Any, int, Done], Any] | None = None


_OF_LISTS = ("q", "view", "of", "where", "join", "order", "group", "columns", "widths", "cards", "page", "size", "picked", "tag")
_OF_SHAPES = ("by", "measure", "draw", "each", "start", "more", "on", "shape")
ADDRESS_WORDS = frozenset((*_OF_LISTS, *_OF_SHAPES))
"""What a list says in its address besides filters, in whatever shape; no filter may be called so."""


def while_allowed(lifecycle: Lifecycle[Any], verb: str, state: str = "state") -> Callable[[Any], Message | None]:
    """``why_not`` of a transition: possible whenever the table of the life cycle says so."""

    def why_not(record: Any) -> Message | None:
        present = getattr(record, state)
        if any(step.verb == verb for step in lifecycle.allowed(present)):
            return None
        return msg("Not possible while the state is “%(state)s”.", state=present.label)

    return why_not


@dataclass(frozen=True)
class SavedView:
    """A named condition over the list, offered as a tab above it. ``condition`` is given the values of the parameters in ``settings``.

    ``order`` is how a page shows it as long as nobody asks for another order; REST keeps the order of the noun. One that ``calls`` holds
    what somebody should do something about: how many records it holds stands beside its name.
    """

    key: str
    label: Message
    condition: Callable[..., Any]
    settings: tuple[str, ...] = ()
    order: str = ""
    calls: bool = False


class Place(enum.StrEnum):
    """Where a step of a bar lies, seen from the record: behind it, where it is, or ahead."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True)
class Step:
    """One step of a bar: ``value`` is what its verb is asked with; empty where nobody can be moved there. The present has a ``tone``."""

    value: str
    label: Message | str
    place: Place
    note: Message | str = ""
    tone: str = ""


@dataclass(frozen=True)
class StageBar:
    """The steps that a record goes through, drawn as a bar, where they are others than the states of its life cycle.

    A click on a step runs the act ``verb`` with the step in its field ``asked``; from whom the record's field of that name is hidden, the
    bar is as well.

    ``steps(session, record)`` gives them in their order; none where there is no bar to draw.
    """

    verb: str
    asked: str
    steps: Callable[[Any, Any], Sequence[Step]]


@dataclass(frozen=True)
class Dated:
    """A day or moment by which a record stands on the calendar: its field ``name``, as long as ``condition()`` holds.

    The condition may also ask of the records that it is a part of, up to the one that has an owner. It is late when what is due by the
    field ``due`` is; empty: by the field itself.
    """

    name: str
    condition: Callable[[], Any] | None = None
    due: str = ""


@dataclass(frozen=True)
class BoardColumn:
    """A column of a board: the id or the word of what its cards hold. Cards move between columns of the same ``group`` alone.

    ``tone`` is what the state means, as in lists.
    """

    value: int | str
    label: Message | str
    note: Message | str = ""
    group: int = 0
    tone: str = ""


@dataclass(frozen=True)
class Board:
    """Records as cards in columns, by the field ``by``: a reference, or the state of a life cycle (see :func:`board_of_states`).

    Moving a card by a reference runs the act ``verb`` with the column in the field ``by``; moving it to another state of ``cycle`` runs the
    act that leads there. The saved view ``view`` says which records stand on it as long as nothing else is asked for (empty: all); each
    column leads to its list. A card tells ``named`` (a reference), ``amount`` (summed up per column) and the day ``on``.
    """

    by: str
    verb: str
    columns: Callable[[Any], Sequence[BoardColumn]]
    view: str = ""
    amount: str = ""
    named: str = ""
    on: str = ""
    cycle: Lifecycle[Any] | None = None


def board_of_states(cycle: Lifecycle[Any], **told: Any) -> Board:
    """A board with a column for each state of ``cycle``; ``told`` are the marks of :class:`Board` from ``view`` on."""
    columns = tuple(BoardColumn(str(state.value), state.label, tone=state.tone) for state in type(cycle.initial))
    return Board("state", "", lambda session: columns, cycle=cycle, **told)


@dataclass(frozen=True)
class Beside:
    """What helps while the lines of a document are written: told of the record that its reference ``by`` leads to.

    ``blocks(session, target_id, named, document_id)`` gives parts of a page, shown below the lines of the form and of the record's page.
    ``named`` is what the lines on the form say in their field ``line``; ``document_id`` is None for a new document. The person sees the
    record ``target_id``; what is told beside it, the function asks for within the same rights.
    """

    by: str
    line: str
    blocks: Callable[[Any, int, Sequence[str], int | None], Sequence[Any]]


@dataclass(eq=False)
class Noun:
    """Everything the web needs to know of one kind of record; there is one of each, so that what follows from it is remembered by it.

    It is whole once pages are registered: until then :meth:`also_offer` may add to its verbs, and nothing changes it afterwards.
    ``path`` is the plural used in addresses and REST; ``create(session, values)``, ``change(session, id, version, changes)``
    and ``delete(session, id, version)`` are the operations; None where that is not offered.
    """

    plugin: str
    model: type[Record]
    path: str
    title: Message
    plural: Message
    icon: str
    columns: tuple[Shown, ...]
    groups: tuple[Group, ...]
    order: str = "-id"
    filters: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    about: str = ""  # a reference, or a path of two, by which cards and calendars say whose a record is that its name says nothing of
    next_step: tuple[str, str] | None = None  # (date field, text field)
    archived: str = ""  # the moment at which a record was put into the archive, where its state does not say that it is there
    due: tuple[Due, ...] = ()  # by which days something has to be done, and until when that matters
    dated: tuple[Dated, ...] | None = None  # what stands on the calendar; what is due or the next step, unless something is stated
    create: Callable[..., Any] | None = None
    change: Callable[..., Any] | None = None
    delete: Callable[..., Any] | None = None
    why_fixed: Callable[[Any], Message | None] | None = None  # why a record is neither changed nor deleted now
    fixed_fields: Callable[[Any], Mapping[str, Message]] | None = None  # of a record that is changed: what the verb refuses now, and why
    create_label: Message | None = None
    acts: tuple[Act, ...] = ()
    bar: StageBar | None = None
    board: Board | None = None
    views: tuple[SavedView, ...] = ()
    opens_with: str = ""  # key of the view that its list opens with, where neither the person nor the role nor the department has set one
    children: tuple[str, ...] = ()  # paths of nouns whose parent reference leads here
    begun_from: tuple[str, ...] = ()  # references to records from whose page one is begun by a button of its own
    begun_anywhere: bool = False  # whether the filled button of a phone begins one on every page, about what the page is about
    why_not_from: Mapping[str, Callable[[Any], Message | None]] = field(
        default_factory=dict
    )  # reference to why none can be begun now about the record that it leads to, from whose page one otherwise is
    composer: str = ""  # path of the child noun that is written from the record's page
    lines: tuple[str, tuple[str, ...]] | None = None  # (name of the values, fields of one line)
    line_model: type[Record] | None = None
    line_offers: Callable[[Any], Mapping[str, Sequence[tuple[str, str]]]] | None = None  # session to (value, words) offered per line field
    beside: Beside | None = None  # what is told below the lines while they are written
    empty: Message | None = None
    files: bool = False  # whether files can be attached to a record
    keeps_files: Callable[[Any], bool] | None = None  # when its files stay, beside closed records and those that are not changed any more
    extra_fields: tuple[Field, ...] = ()  # asked for on create only, not stored under their name
    extra_title: Message | str = ""  # the heading over them
    hint_endpoint: dict[str, str] = field(default_factory=dict)  # field name to endpoint of its hint while typing
    alike: tuple[str, ...] = ()  # names and keys of text: while one is typed, records seen that begin alike are shown
    told: Mapping[str, Callable[[Any], Message | str]] = field(default_factory=dict)  # field name to the words for a stored code
    stands: Callable[[Any], Tag | None] | None = None  # how a record stands that has no state of its own: a mark of its cards and its page
    on_day: Callable[[Any], Message | str] | None = None  # what is told first of a record on the calendar, where its name does not say it
    steps: Mapping[str, Message] = field(
        default_factory=dict
    )  # what its verbs and steps are called once they are done (win: won), as the trail tells them
    told_apart: tuple[str, ...] = ()  # those of them that the plugin itself always tells on the record's timeline: it tells them once

    def __post_init__(self) -> None:
        known = self.model.fields()
        named = [shown.name for shown in self.columns] + [name for group in self.groups for name in group.names]
        named += [name for one in self.on_calendar for name in (one.name, one.due or one.name)] + [one.name for one in self.due]
        named += [self.beside.by] if self.beside is not None else []
        named += [self.archived] if self.archived else []
        named += [*self.alike, *self.begun_from, *self.why_not_from, *(self.next_step or ()), *filter(None, [head_of(self.about)])]
        for name in (*named, *self.filters, *self.facts, *self.tags, *self.figures):
            if name not in known:
                raise StartRefused(
                    msg(
                        "The noun %(path)s names the field %(field)s, which %(model)s does not declare.",
                        path=self.path,
                        field=name,
                        model=self.model.__name__,
                    )
                )
        if self.begun_anywhere and not getattr(self.model, "__parent__", ""):
            raise StartRefused(msg("The noun %(path)s is begun from every page, but is no part of another.", path=self.path))
        if taken := sorted(ADDRESS_WORDS.intersection(self.filters)):
            raise StartRefused(
                msg("The noun %(path)s filters by %(field)s, a word that addresses of lists use already.", path=self.path, field=taken[0])
            )
        for column in {order.lstrip("-") for order in (self.order, *(view.order for view in self.views)) if order}:
            if column != "id" and not (column in known and known[column].sortable):
                raise StartRefused(msg("The noun %(path)s is ordered by %(field)s, which is not sortable.", path=self.path, field=column))
        if self.opens_with and self.opens_with not in {view.key for view in self.views}:
            raise StartRefused(
                msg("The noun %(path)s opens with %(view)s, which is none of its views.", path=self.path, view=self.opens_with)
            )

    def also_offer(self, acts: Sequence[Act]) -> None:
        """Offer ``acts`` of the house behind the noun's own; those that it has already stay as they are."""
        known = {act.verb for act in self.acts}
        self.acts = (*self.acts, *(act for act in acts if act.verb not in known))

    def waits_for(self, by: str, record: Any) -> Message | None:
        """Why none can be begun now about ``record``, which the reference ``by`` leads to; None when nothing speaks against it."""
        why_not = self.why_not_from.get(by)
        return why_not(record) if why_not is not None else None

    def none_yet(self) -> Message:
        """The heading of its empty list; a label within an English sentence begins with a small letter, if no abbreviation begins it."""
        label = str(self.plural)
        return msg("No %(title)s yet", title=label[:1].lower() + label[1:] if label[1:2].islower() else label)

    @cached_property
    def cycle(self) -> Lifecycle[Any] | None:
        """The life cycle of its state, if it has one."""
        state = self.model.fields().get("state")
        return cycle_of(state.choices) if state is not None else None

    @property
    def resource(self) -> str:
        """What rights are given on."""
        return self.model.__resource__

    @property
    def on_calendar(self) -> tuple[Dated, ...]:
        """By which days a record stands on the calendar."""
        if self.dated is not None:
            return self.dated
        if self.due:
            return tuple(Dated(one.name, partial(one.condition, self.model)) for one in self.due)
        return (Dated(self.next_step[0]),) if self.next_step else ()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Declared fields of the model by name."""
        return self.model.fields()

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Names of the fields that a form or REST may write."""
        named = [name for group in self.groups for name in group.names]
        return tuple(name for name in named if self.fields[name].editable)

    def due_by(self, name: str) -> Due | None:
        """What is due by the field ``name``, if anything is."""
        return next((one for one in self.due if one.name == name), None)

    def late_at(self, name: str) -> Due | None:
        """What makes a record late that stands at the day ``name``: something else that is due where the calendar says so."""
        return self.due_by(next((one.due for one in self.on_calendar if one.name == name and one.due), name))

    def act(self, verb: str) -> Act | None:
        """The verb called ``verb``."""
        return next((act for act in self.acts if act.verb == verb), None)


class Nouns:
    """All nouns of the running application, by path and by table."""

    def __init__(self) -> None:
        self.by_path: dict[str, Noun] = {}
        self.by_table: dict[str, Noun] = {}

    def add(self, noun: Noun) -> None:
        """Register ``noun``; two nouns of one path or table stop the start."""
        table = noun.model.__tablename__
        if noun.path in self.by_path or table in self.by_table:
            raise StartRefused(msg("Two nouns are called %(path)s.", path=noun.path))
        self.by_path[noun.path] = noun
        self.by_table[table] = noun

    def children_of(self, noun: Noun) -> Sequence[Noun]:
        """Child nouns of ``noun`` in the order it names them."""
        return [self.by_path[path] for path in noun.children if path in self.by_path]
