"""From picked rows, or the whole of a list, to an order: only records that the person sees, by the version that he or she has seen."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from datetime import timedelta
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from core.kernel.acting import employee_id
from core.kernel.clock import now
from core.kernel.errors import BadInput, Malformed
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.web.bulk.models import BulkItem, BulkRun
from core.web.bulk.settings import AT_ONCE
from core.web.listing import Query, read_query, statement
from core.web.nouns import Noun
from core.work.jobs import enqueue

KIND = "core.bulk"
LONGEST_QUERY = 4_000
PORTION = 500
SAFETY = timedelta(minutes=10)
"""When a worker looks whether what a request began was brought to its end: the process may have been killed."""

Seen = tuple[int, int]
"""A record and the version that was seen of it."""


@dataclass(frozen=True)
class Order:
    """What shall be done: ``what`` as :class:`BulkRun` says it, with what was typed (``given``) and why."""

    noun: Noun
    what: str
    field: str = ""
    given: Mapping[str, str] = made_by(default_factory=dict)
    reason: Message | str = ""
    of_id: int | None = None


def read_picks(picked: Sequence[str]) -> dict[int, int]:
    """Records with the version that was seen, from ``id-version`` as rows send them; raises :class:`Malformed` for anything else."""
    found = {}
    for one in picked:
        record, _, version = one.partition("-")
        if not all(part.isascii() and part.isdigit() and 0 < len(part) < 19 for part in (record, version)):
            raise Malformed(msg("This is not a valid selection of records. Please select them in the list again."))
        found[int(record)] = int(version)
    return found


def visible_picks(session: Session, noun: Noun, picks: Mapping[int, int]) -> list[Seen]:
    """Those of the picks that the person sees; of the others nothing is said."""
    asked = select(noun.model.id).where(noun.model.id.in_(sorted(picks)))
    return [(record_id, picks[record_id]) for record_id in session.scalars(asked.order_by(noun.model.id))]


def query_of(noun: Noun, sent: str) -> Query:
    """What a list asks for by its query string; raises :class:`Malformed` as the list does."""
    if len(sent) > LONGEST_QUERY:
        raise Malformed(msg("This list has too many conditions. Please drop some of them."))
    return read_query(noun, MultiDict([pair for pair in parse_qsl(sent) if pair[0] not in ("page", "size")]))


def order_for(session: Session, order: Order, records: Sequence[Seen]) -> BulkRun:
    """An order for known records. Few are changed while one waits (``job_id`` then only looks after a kill), many by a job.

    Raises :class:`BadInput` when there are none.
    """
    if not records:
        raise BadInput(msg("None of the selected records exists any more. Please select them in the list again."))
    run = _run(order)
    run.total = len(records)
    session.add(run)
    session.flush()
    add_items(session, run, records)
    later = now() + SAFETY if is_small(session, run) else None
    run.job_id = enqueue(session, KIND, {"run": run.id}, key=run.key, run_after=later)
    return run


def order_for_whole(session: Session, order: Order, query: str) -> BulkRun:
    """An order for everything that the list shows now; its records are written down by the job, under the scope of whoever asked."""
    query_of(order.noun, query)
    run = _run(order)
    run.query, run.prepared = query, False
    session.add(run)
    session.flush()
    run.job_id = enqueue(session, KIND, {"run": run.id}, key=run.key)
    return run


def write_down(session: Session, noun: Noun, run: BulkRun) -> None:
    """Put the records that the query of ``run`` asks for among its items: what is changed later leaves them, whatever was asked."""
    model = noun.model
    asked = statement(session, noun, query_of(noun, run.query)).with_only_columns(model.id, model.version)
    found = [(record_id, version) for record_id, version in session.execute(asked)]
    for start in range(0, len(found), PORTION):
        add_items(session, run, found[start : start + PORTION])
    run.total, run.prepared = len(found), True


def add_items(session: Session, run: BulkRun, records: Sequence[Seen]) -> None:
    """Write down the records of ``run``."""
    session.add_all([BulkItem(run_id=run.id, record_id=record_id, seen=seen) for record_id, seen in records])
    session.flush()


def is_small(session: Session, run: BulkRun) -> bool:
    """Whether the run is done while one waits."""
    return run.prepared and run.total <= int(parameter(session, AT_ONCE))


def _run(order: Order) -> BulkRun:
    return BulkRun(
        noun=order.noun.path,
        what=order.what,
        field=order.field,
        given=dict(order.given),
        reason=order.reason,
        of_id=order.of_id,
        key=secrets.token_hex(8),
        asked_by_id=employee_id(),
    )
