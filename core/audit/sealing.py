"""Sealing: rows that are committed are bound into blocks, one chain for each company and one for the platform (R-445, design 3.6).

A block names the head of the one before, and every head is anchored outside. Whoever rewrites a sealed row must rewrite every block after
it, and stands against the anchor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.audit.alarms import CONTRADICTED, EMPTIED, FORGED, UNREACHABLE, end_alarm, open_alarms, raise_alarm
from core.audit.anchors import Anchors
from core.audit.blocks import PLATFORM, START, Head, block_line, said_of, within
from core.audit.merkle import head_of, leaf, root
from core.audit.models import AuditBlock, AuditRow
from core.audit.rows import LINE, line_of, mac_of
from core.audit.trail import PERSON_ERASED, WRITERS, key_of, record_event
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.kernel.clock import now
from core.kernel.words import Message
from core.organisation.models import Company

MOST = 5_000
"""Rows that are sealed in one transaction, and so the most in a block."""
SEALER = WRITERS + 1
HOUSE = System("sealing the trail")
REVIEWED = {"keguan_reviewed": True}
ROWS = tuple(AuditRow.__table__.c[name] for name in LINE)


@dataclass(frozen=True)
class Sealed:
    """What one pass did: rows sealed, blocks anchored, alarms that are new as (kind, chain)."""

    rows: int = 0
    anchored: int = 0
    alarms: tuple[tuple[str, int], ...] = ()


def keep_sealed(database: Database, anchors: Anchors) -> Sealed:
    """Seal what is committed and anchor what is sealed. Safe to call from several processes; they take turns.

    Seals nothing while the anchor contradicts the database: that is for a person to clear (:func:`begin_epoch`).
    """
    with acting_as(HOUSE):
        known, alarms = _look_at_anchor(database, anchors)
        if (CONTRADICTED, 0) in known:
            return Sealed(alarms=alarms)
        rows, forged = _seal_all(database, {})
        anchored = 0 if (UNREACHABLE, 0) in known else anchor_heads(database, anchors)
    return Sealed(rows, anchored, (*alarms, *forged))


def _look_at_anchor(database: Database, anchors: Anchors) -> tuple[frozenset[tuple[str, int]], tuple[tuple[str, int], ...]]:
    """What is wrong between anchor and database, and what of it is new."""
    session = database.session()
    session.rollback()  # a look of now
    try:
        against = contradicted(session, anchors)
        emptied = _emptied(session, anchors)
        wrong = {CONTRADICTED: ", ".join(map(str, against))} if against else {}
        wrong |= {EMPTIED: ", ".join(map(str, emptied))} if emptied else {}
    except OSError as error:
        wrong = {UNREACHABLE: str(error)}
    ending = [kind for kind in (UNREACHABLE, CONTRADICTED) if kind not in wrong]
    database.release()
    return frozenset((kind, 0) for kind in wrong), _note(database, wrong, ending)


def _note(database: Database, wrong: Mapping[str, str], ending: Sequence[str]) -> tuple[tuple[str, int], ...]:
    session = database.session()
    known = {alarm.kind for alarm in open_alarms(session)}
    database.release()
    if not wrong.keys() - known and not known & set(ending):
        return ()  # most looks find nothing new, and write nothing
    with database.transaction() as session:
        for kind in ending:
            end_alarm(session, kind)
        return tuple((kind, 0) for kind, detail in wrong.items() if raise_alarm(session, kind, 0, detail))


def contradicted(session: Session, anchors: Anchors) -> list[int]:
    """Chains whose newest anchored block is not in the database, or another there. Raises :class:`OSError` without anchor."""
    anchors.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [chain for chain in anchors.chains() if (newest := anchors.newest(chain)) and _head_at(session, chain, newest) != newest.head]


def _head_at(session: Session, chain: int, newest: Head) -> str | None:
    return session.scalar(select(AuditBlock.head).where(AuditBlock.chain == chain, AuditBlock.number == newest.number))


def _emptied(session: Session, anchors: Anchors) -> list[int]:
    """Chains that have blocks of the past, none of which is anchored."""
    past = select(AuditBlock.chain).where(AuditBlock.number > 1, AuditBlock.made_at < now()).distinct()
    kept = set(anchors.chains())
    return sorted(chain for chain in session.scalars(past) if chain not in kept)


def _seal_all(database: Database, starts: dict[int, Head]) -> tuple[int, tuple[tuple[str, int], ...]]:
    bound = _settled(database)
    count, alarms = 0, []
    while bound:
        with database.transaction() as session:
            rows = _portion(session, bound) if _alone(session) else []
            alarms += _make_blocks(session, rows, starts)
        count += len(rows)
        if len(rows) < MOST:
            break
    return count, tuple(alarms)


def _settled(database: Database) -> int:
    """The highest id below which nothing can appear any more; 0 when nothing waits to be sealed or writers are too slow just now.

    On PostgreSQL a transaction may commit a lower id than one that is committed already: whoever writes rows holds a lock until the
    commit, and who holds it alone knows that none is on its way.
    """
    session = database.session()
    session.rollback()
    newest, sealed = session.scalar(select(func.max(AuditRow.id))) or 0, watermark(session)
    database.release()
    if newest <= sealed or database.engine.dialect.name != "postgresql":
        return newest if newest > sealed else 0
    try:
        with database.engine.begin() as connection:
            connection.execute(select(func.set_config("lock_timeout", "2s", True)))
            connection.execute(select(func.pg_advisory_xact_lock(WRITERS)))
            return int(connection.scalar(select(func.max(AuditRow.id))) or 0)
    except OperationalError:
        return 0  # a long commit is under way; the next pass comes soon


def watermark(session: Session) -> int:
    """The highest id that is sealed; all chains are sealed together, so every lower row of any chain is in a block."""
    return session.scalar(select(func.max(AuditBlock.last_id))) or 0


def _alone(session: Session) -> bool:
    """Whether no other process seals; SQLite lets one transaction write at a time anyhow."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(SEALER)), execution_options=REVIEWED))


def _portion(session: Session, bound: int) -> Sequence[Any]:
    asked: Select[Any] = select(*ROWS).where(ROWS[0] > watermark(session), ROWS[0] <= bound).order_by(ROWS[0]).limit(MOST)
    return session.execute(asked, execution_options=REVIEWED).mappings().all()


def _make_blocks(session: Session, rows: Sequence[Any], starts: dict[int, Head]) -> list[tuple[str, int]]:
    """One block for each chain that ``rows`` belong to, and alarms about rows that nobody of the house has written."""
    key = key_of(session.get_bind().engine)
    alarms = []
    for chain, found in groupby(sorted(rows, key=lambda row: (row["company_id"] or PLATFORM, row["id"])), lambda row: row["company_id"]):
        of_chain = list(found)
        _add_block(session, chain or PLATFORM, of_chain, starts.pop(chain or PLATFORM, None))
        forged = [str(row["id"]) for row in of_chain if row["mac"] != mac_of(key, row)]
        if forged and raise_alarm(session, FORGED, chain or PLATFORM, ", ".join(forged)):
            alarms.append((FORGED, chain or PLATFORM))
    return alarms


def _add_block(session: Session, chain: int, rows: Sequence[Any], start: Head | None) -> None:
    """The next block of ``chain``; it goes on from ``start`` instead of the last one when a new epoch begins."""
    last = session.scalars(select(AuditBlock).where(AuditBlock.chain == chain).order_by(AuditBlock.number.desc()).limit(1)).one_or_none()
    before = start or (Head(last.number, last.epoch, last.head) if last else Head(0, 1, START))
    values = {
        "chain": chain,
        "epoch": before.epoch,
        "number": before.number + 1,
        "after_id": last.last_id if last else 0,
        "first_id": rows[0]["id"],
        "last_id": rows[-1]["id"],
        "count": len(rows),
        "root": root(leaf(line_of(row)) for row in rows).hex(),
        "previous": before.head,
        "made_at": now(),
    }
    session.add(AuditBlock(**values, head=head_of(said_of(values))))
    session.flush()


def anchor_heads(database: Database, anchors: Anchors) -> int:
    """Add to the anchor what it does not have yet; return how many blocks that were, 0 also when it is out of reach."""
    session = database.session()
    session.rollback()
    count = 0
    try:
        for chain in session.scalars(select(AuditBlock.chain).distinct()).all():
            newest = anchors.newest(chain)
            lines = _lines_after(session, chain, newest.number if newest else 0)
            first = next(lines, None)
            if first is not None:
                _keep_erasures(session, anchors, chain, newest)  # first: a fall between both repeats it
                count += anchors.add(chain, _chained(first, lines))
    except OSError:
        return count  # the next look raises the alarm
    finally:
        database.release()
    return count


def _keep_erasures(session: Session, anchors: Anchors, chain: int, newest: Head | None) -> None:
    """Keep beside the heads who was erased in sealed rows that are not anchored yet; in all of them where none were ever kept."""
    known = newest.number if newest is not None and anchors.knows_erasures(chain) else 0
    ends = select(func.max(AuditBlock.last_id)).where(AuditBlock.chain == chain)
    after = session.scalar(ends.where(AuditBlock.number <= known)) or 0
    asked = select(AuditRow.changes).where(within(chain), AuditRow.action == PERSON_ERASED, AuditRow.id > after)
    rows = session.scalars(asked.where(AuditRow.id <= ends.scalar_subquery()).order_by(AuditRow.id)).all()
    if rows or not anchors.knows_erasures(chain):
        anchors.add_erasures(chain, [json.loads(changes) for changes in rows])


def _chained(first: bytes, others: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _lines_after(session: Session, chain: int, number: int) -> Iterator[bytes]:
    table = AuditBlock.__table__
    asked = select(*table.c).where(table.c.chain == chain, table.c.number > number).order_by(table.c.number)
    found: Any = session.execute(asked, execution_options={**REVIEWED, "yield_per": 1_000}).mappings()
    return (block_line(block) for block in found)


def begin_epoch(database: Database, anchors: Anchors, reason: Message | str) -> list[int]:
    """Let every chain that contradicts the anchor go on from it, in a new epoch; return those chains.

    For a database that was restored from a backup: what was lost stays lost, and every later check tells which blocks and when this was
    said. The row that says so is the first of the new epoch. A company that was founded since the backup is gone with its chain; what was
    anchored of it is kept. Raises :class:`OSError` without anchor.
    """
    with acting_as(HOUSE):
        session = database.session()
        session.rollback()
        against = contradicted(session, anchors)
        gone = [chain for chain in against if chain != PLATFORM and session.get(Company, chain) is None]
        starts = {chain: _onward(session, anchors, chain) for chain in against if chain not in gone}
        database.release()
    for chain in gone:
        with acting_as(HOUSE), database.transaction() as session:
            record_event(session, "new_epoch", reason, reason=reason, chain=chain, company_gone=True)
        anchors.set_aside(chain)
    for chain in starts:
        with acting_as(System("a new epoch of the trail", chain or None)), database.transaction() as session:
            record_event(session, "new_epoch", reason, reason=reason, chain=chain)
    with acting_as(HOUSE):
        chains = sorted([*starts, *gone])
        if chains:
            _seal_all(database, starts)
            anchor_heads(database, anchors)
            _note(database, {}, (CONTRADICTED,))
    return chains


def _onward(session: Session, anchors: Anchors, chain: int) -> Head:
    newest = anchors.newest(chain)
    assert newest is not None  # it contradicts, so there is one
    asked = select(func.max(AuditBlock.number), func.max(AuditBlock.epoch)).where(AuditBlock.chain == chain)
    number, epoch = session.execute(asked).one()
    return Head(max(newest.number, number or 0), max(newest.epoch, epoch or 1) + 1, newest.head)
