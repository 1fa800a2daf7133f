"""Frozen dataclasses that plugins hand to the host through the platform hooks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from core.database.fields import Field
from core.database.together import Counted, Kind, Summed
from core.kernel.words import Message


@dataclass(frozen=True)
class MenuEntry:
    """One line of the side menu: ``endpoint`` is called ``View.method``; shown to whom ``verb`` on ``resource`` is given.

    Lines stand by ``place``, low first, and below that in the order of the plugins.
    """

    key: str
    label: Message
    endpoint: str
    icon: str
    resource: str = ""
    verb: str = "read"
    parent: str = ""
    creates: bool = False
    place: int = 50


@dataclass(frozen=True)
class RelatedCount:
    """A stat button on a record's page: another plugin's records, counted together with everybody else's, or a number at hand."""

    label: Message
    icon: str
    count: Counted | int
    url: str
    more: bool = False


@dataclass(frozen=True)
class Figure:
    """A key figure of a record or of the desk; ``url`` leads to the records that it sums.

    What has to be asked for is given as a question, so that the page asks all of them in one statement. The words of ``note`` get the
    answers to ``noted`` by their names, and are left out when all are zero. ``kind`` is ``number`` or ``money`` (yuan). An answer of
    nothing is 0, the sum of no rows; where ``unknown`` it means that the figure says nothing of this record, and is a dash.
    """

    label: Message
    value: Counted | Summed | Decimal | int | None
    kind: str = "number"
    note: Message | None = None
    url: str = ""
    noted: Mapping[str, Counted] = field(default_factory=dict)
    unknown: bool = False


@dataclass(frozen=True)
class RelatedTable:
    """A lazily loaded tab of a record's page: the records of ``noun`` (its path) whose reference ``by`` leads to that record."""

    key: str
    label: Message
    noun: str
    by: str


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened to a record. ``kind`` sorts it for the filter above the timeline; rows are sorted by their ``Told``."""

    at: datetime
    who: str
    what: Message
    icon: str = "point"
    tone: str = "idle"
    body: str = ""
    url: str = ""
    changes: Sequence[tuple[Message, str, str]] = ()
    kind: Kind | None = None


@dataclass(frozen=True)
class DeskTask:
    """Something the person has to do, for the desk and the to-do list."""

    title: str
    url: str
    due: Any = None
    note: str = ""


@dataclass(frozen=True)
class DeskFigure:
    """A figure of the desk that follows what is chosen there: the list of ``noun`` (its path) under ``conditions``, counted or summed.

    It is narrowed to whose work is chosen by ``owner``, a field that refers to an employee, and to the chosen days by ``day``, where it is
    given. Records without an owner have ``views`` of their list instead: from ``mine``, ``department`` and ``all`` to the key of each.
    ``measure`` is their number, a sum that the list shows, or what is left of something due; what may not be known is left out. What is
    ``late`` stands in red.
    """

    label: Message
    noun: str
    measure: str = "count"
    conditions: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    day: str = ""
    owner: str = "owner"
    views: Mapping[str, str] = field(default_factory=dict)
    late: bool = False


@dataclass(frozen=True)
class DeskChart:
    """A chart on the desk: the list of ``noun`` (its path) under ``conditions`` (parameters of its address), put into groups.

    They are grouped ``by`` a field that the list can be filtered by; ``measure`` is their number, or the field that is summed.
    ``kind`` is bar, line (by a time), pie or funnel. What the person may not read is left out; every part leads to its records. It follows
    what is chosen on the desk by ``owner`` and, where it is given, by ``day``.
    """

    title: Message
    noun: str
    by: str
    measure: str = "count"
    kind: Literal["bar", "line", "pie", "funnel"] = "bar"
    conditions: Mapping[str, str] = field(default_factory=dict)
    owner: str = "owner"
    day: str = ""


@dataclass(frozen=True)
class Task:
    """What a job handler is given besides its session.

    ``payload`` is what :func:`core.work.jobs.enqueue` was given; ``modules`` are the plugins that are on for the company, for
    ``hooks(task.modules)``; ``progress(done, total)`` shows how far a ``long`` handler is and keeps its claim alive.
    """

    job_id: int
    kind: str
    company_id: int
    payload: Mapping[str, Any]
    modules: frozenset[str]
    progress: Callable[[int, int], None]


@dataclass(frozen=True)
class JobHandler:
    """Runs a kind of background job, called ``<plugin>.<what>``, as the person who asked for it, with that person's rights of now.

    ``run(session, task)`` is one use case: what it writes and that the job is done are committed together, so it happens once.
    A ``long`` handler is ``run(database, task)``: it opens its own use cases and calls ``task.progress`` between them, never inside;
    it must be idempotent, because after a crash it runs again. ``every_minutes`` more than 0: also scheduled, once per company that
    has the plugin on.
    """

    kind: str
    run: Callable[[Any, Task], Any]
    title: Message
    every_minutes: int = 0
    long: bool = False


@dataclass(frozen=True, slots=True)
class ConvertedRow:
    """One good row of an imported file: ``number`` as a person sees it, its business key, and values by field.

    A field whose cell is empty is missing from ``values``. ``department`` (its code) or ``owner`` (a user name) is whom the profile gives a
    new record to, None when the person who imports keeps it; ``review`` is the state that a new record arrives in: approved or pending.
    """

    number: int
    key: tuple[Any, ...]
    values: Mapping[str, Any]
    department: str | None = None
    owner: str | None = None
    review: str = "pending"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: ``state`` is created, updated, unchanged or rejected; a rejection says why and, if it can, which field."""

    state: Literal["created", "updated", "unchanged", "rejected"]
    reason: Message | None = None
    field: str = ""


CREATED = Outcome("created")
UPDATED = Outcome("updated")
UNCHANGED = Outcome("unchanged")


def rejected(reason: Message, field: str = "") -> Outcome:
    """The outcome of a row that cannot be taken; the others of its batch can."""
    return Outcome("rejected", reason, field)


@dataclass(frozen=True)
class ImportTarget:
    """Takes rows of a file into a resource.

    ``write(session, rows)`` gets at most 500 rows inside one use case and answers one :class:`Outcome` for each, in their order. It finds
    records by the business key, so that the same file again changes nothing. If it raises one of our errors, the batch is taken back and
    goes through once more row by row.

    ``fields()`` are what a column may be read into, in the order in which they are offered: declared fields, and texts that name another
    record by its code or name; left out, every field that people write by hand. ``keys`` are the sets of fields that find a record again,
    the usual one first; left out, the code, number or name. ``aliases`` are further names that files use for a column, by field.

    With ``documents``, rows of one key that stand one below the other are one document with its lines: ``write`` gets all of them in one
    call (a document more than 500 rows long in several, of which the later ones are refused), and they are taken or rejected together.
    """

    resource: str
    write: Callable[[Any, Sequence[ConvertedRow]], Sequence[Outcome]]
    fields: Callable[[], Sequence[Field]] | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    documents: bool = False


@dataclass(frozen=True)
class ParameterSpec:
    """A number, day, word or amount that a rule depends on and that each company may set for itself, dated (R-061).

    ``name`` is ``<plugin>.<what>``; ``field`` says what kind of value it is (``Field("integer", label)``, ``"money"``, ``"flag"``,
    ``"choice"`` …); ``default`` holds where a company has set nothing, and ``source`` is the row that asks for it. ``least`` and
    ``most`` bound numbers and amounts. Read it with :func:`core.organisation.parameters.parameter`.
    """

    name: str
    label: Message
    field: Field
    default: Any
    help: Message | None = None
    source: str = ""
    unit: Message | None = None
    least: int | Decimal | None = None
    most: int | Decimal | None = None

    @property
    def plugin(self) -> str:
        """Who declares it; ``core`` for the host's own."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True)
class CodeListSpec:
    """A list of words that people choose from and that each company may extend (R-060); a field uses it by ``fields.code``.

    ``entries`` are (code, label) in their order. ``aliases`` maps a code to further words that files use for it. An ``open`` list also
    takes words that are no entry, as they are written; any other list refuses them.
    """

    name: str
    label: Message
    entries: tuple[tuple[str, Message], ...]
    open: bool = False
    help: Message | None = None
    aliases: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    @property
    def plugin(self) -> str:
        """Who declares it; ``core`` for the host's own."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True)
class Kept:
    """Why a law keeps a record about a person who is erased, and the last day on which it does."""

    why: Message
    until: date


@dataclass(frozen=True)
class KeptByLaw:
    """Records of ``model`` that keep what ``__about_person__`` names although the person is erased (R-462).

    ``asked`` gets the session, as the system of the company, and ids of records; it answers for those that a law keeps, and for no other.
    """

    model: type[Any]
    asked: Callable[[Any, Sequence[int]], Mapping[int, Kept]]
