"""Checking the trail: every row, every block, every anchored head, and what stands beside it (R-445). Memory does not grow with the trail,
only with what is missing beside it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit.anchors import Anchors
from core.audit.beside import Beside
from core.audit.blocks import PLATFORM, START, Head, said_of, within
from core.audit.merkle import head_of, leaf, root
from core.audit.models import AuditBlock, AuditRow
from core.audit.rows import LINE, line_of, mac_of
from core.organisation.models import Company

AT_ONCE = 2_000
TOLD = 1_000  # problems that are kept by name; of the others only the number
REVIEWED = {"keguan_reviewed": True}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written: ``kind`` as in :mod:`core.audit.words`, the number of the block or the id of the row."""

    kind: str
    chain: int
    number: int = 0
    detail: str = ""


@dataclass
class Verification:
    """What a check has found. ``epochs`` are the blocks with which a restored database began anew, ``unsealed`` the youngest rows."""

    checked: int = 0
    blocks: int = 0
    unsealed: int = 0
    pending: int = 0
    found: int = 0
    problems: list[Problem] = field(default_factory=list)
    epochs: list[Problem] = field(default_factory=list)
    heads: dict[int, Head] = field(default_factory=dict)

    @property
    def altered(self) -> tuple[int, ...]:
        """Ids of rows whose own code does not fit."""
        return tuple(one.number for one in self.problems if one.kind == "row")

    def tell(self, kind: str, chain: int, number: int = 0, detail: str = "") -> None:
        """Add a problem."""
        self.found += 1
        if len(self.problems) < TOLD:
            self.problems.append(Problem(kind, chain, number, detail))


def chains_of(session: Session) -> list[int]:
    """The platform's chain and one for each company."""
    return [PLATFORM, *session.scalars(select(Company.id).order_by(Company.id))]


def verify(
    session: Session, key: bytes, anchors: Anchors | None = None, chain: int | None = None, progress: Progress | None = None
) -> Verification:
    """Check one chain, or all of them: rows against their codes and blocks, values beside them, blocks against each other and the anchor.

    ``progress(rows done, rows in all)`` is called now and then. Without ``anchors`` nothing shows that the whole database was set back.
    """
    result = Verification()
    sealed = session.scalar(select(func.max(AuditBlock.last_id))) or 0  # asked first: what is sealed meanwhile is no insertion
    heard = _Heard(progress, _total(session, chain) if progress else 0)
    for one in chains_of(session) if chain is None else [chain]:
        _check_rows(session, key, one, sealed, result, heard)
        if anchors is not None:
            _check_anchor(session, anchors, one, result)
    return result


def verify_rows(session: Session, key: bytes) -> Verification:
    """Like :func:`verify` for all chains without the anchor."""
    return verify(session, key)


class _Heard:
    """Tells how far the check is, once for every portion."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self) -> None:
        self.done += 1
        if self.progress is not None and self.done % AT_ONCE == 0:
            self.progress(self.done, max(self.total, self.done))


def _total(session: Session, chain: int | None) -> int:
    asked = select(func.count()).select_from(AuditRow)
    return session.scalar(asked if chain is None else asked.where(within(chain))) or 0


def _rows(session: Session, chain: int) -> Iterator[Any]:
    columns = (AuditRow.__table__.c[name] for name in LINE)
    asked = select(*columns).where(within(chain)).order_by(AuditRow.id)
    yield from session.execute(asked, execution_options={**REVIEWED, "yield_per": AT_ONCE}).mappings()


def _blocks(session: Session, chain: int) -> Iterator[Any]:
    table = AuditBlock.__table__
    asked = select(*table.c).where(table.c.chain == chain).order_by(table.c.number)
    yield from session.execute(asked, execution_options={**REVIEWED, "yield_per": AT_ONCE}).mappings()


def _check_rows(session: Session, key: bytes, chain: int, sealed: int, result: Verification, heard: _Heard) -> None:
    """Walk rows and blocks of ``chain`` side by side."""
    rows, beside = _rows(session, chain), Beside(session, key, chain, sealed)
    row = next(rows, None)
    before: Any = None
    for block in _blocks(session, chain):
        _check_link(block, before, result)
        found = []
        while row is not None and row["id"] <= block["last_id"]:
            _check_row(key, row, beside, result)
            found.append(row)
            heard()
            row = next(rows, None)
        _check_content(block, found, result)
        before = block
    if before is not None:
        result.heads[chain] = Head(before["number"], before["epoch"], before["head"])
    while row is not None:
        _check_row(key, row, beside, result)
        result.unsealed += 1
        if row["id"] <= sealed:
            result.tell("inserted", chain, row["id"])
        heard()
        row = next(rows, None)
    beside.tell(lambda kind, _, number: result.tell(kind, chain, number))


def _check_row(key: bytes, row: Any, beside: Beside, result: Verification) -> None:
    result.checked += 1
    if hmac.compare_digest(row["mac"], mac_of(key, row)):
        beside.hear(row)
    else:
        result.tell("row", beside.chain, row["id"])


def _check_link(block: Any, before: Any, result: Verification) -> None:
    """Whether ``block`` is what its head says and follows the one before it."""
    result.blocks += 1
    chain, number = block["chain"], block["number"]
    if block["head"] != head_of(said_of(block)):
        result.tell("head", chain, number)
    epoch, last, previous, until = (before["epoch"], before["number"], before["head"], before["last_id"]) if before else (1, 0, START, 0)
    if block["epoch"] > epoch and number > last:
        result.epochs.append(Problem("epoch", chain, number, str(block["made_at"])))
    elif (block["epoch"], number, block["previous"]) != (epoch, last + 1, previous):
        result.tell("chain", chain, number)
    if block["after_id"] != until:
        result.tell("chain", chain, number)


def _check_content(block: Any, rows: list[Any], result: Verification) -> None:
    ends = (rows[0]["id"], rows[-1]["id"]) if rows else (None, None)
    if (len(rows), *ends) != (block["count"], block["first_id"], block["last_id"]):
        result.tell("count", block["chain"], block["number"], f"{block['count']} {len(rows)}")
    elif root(leaf(line_of(row)) for row in rows).hex() != block["root"]:
        result.tell("root", block["chain"], block["number"])


def _check_anchor(session: Session, anchors: Anchors, chain: int, result: Verification) -> None:
    """Compare the blocks of ``chain`` with the heads that were anchored."""
    try:
        if not anchors.folder.is_dir():
            if chain not in result.heads:
                return  # nothing was sealed yet
            raise FileNotFoundError(str(anchors.folder))
        _compare(session, chain, anchors.lines(chain), result)
    except OSError as error:
        result.tell("anchor_unreachable", chain, 0, str(error))


def _compare(session: Session, chain: int, anchored: Iterator[dict[str, Any] | None], result: Verification) -> None:
    blocks = _blocks(session, chain)
    block = next(blocks, None)
    lost: list[tuple[int, int]] = []  # (number, epoch)
    newest = 0
    for line in anchored:
        if line is None:
            result.tell("anchor_damaged", chain)
            continue
        while block is not None and block["number"] < line["number"]:
            result.tell("not_anchored", chain, block["number"])
            block = next(blocks, None)
        newest = line["number"]
        if block is not None and block["number"] == newest:
            if block["head"] != line["head"]:
                lost.append((newest, line["epoch"]))
            block = next(blocks, None)
        else:
            lost.append((newest, line["epoch"]))
    result.pending += sum(1 for _ in blocks) + (block is not None)
    if not newest and chain in result.heads:
        result.tell("no_anchor", chain)
    _tell_lost(chain, lost, result)


def _tell_lost(chain: int, lost: list[tuple[int, int]], result: Verification) -> None:
    """Anchored blocks that are gone: told as an epoch where a restored database says so, as a roll-back where nothing does."""
    later = result.heads[chain].epoch if chain in result.heads else 0
    silent = [number for number, epoch in lost if epoch >= later]
    if silent:
        result.tell("rolled_back", chain, silent[0], f"{silent[0]} {silent[-1]}")
    admitted = [number for number, epoch in lost if epoch < later]
    if admitted:
        result.epochs.append(Problem("lost", chain, admitted[0], f"{admitted[0]} {admitted[-1]}"))
