"""Checking what stands beside the trail: every value to which a row has committed itself is there as it was, or was destroyed by an
erasure, of which the trail has a row too (R-445)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit.aside import commitment, commitments
from core.audit.blocks import within
from core.audit.destroying import DESTROYED
from core.audit.models import AsideValue, AuditBlock, AuditRow
from core.audit.rows import LINE, mac_of
from core.audit.trail import ERASE

ACCEPTED = "values_accepted"
"""The row that names values which were lost or altered past the program, once somebody has explained it: the tokens, whole."""
EXPLAINS = (DESTROYED, ACCEPTED)
AT_ONCE = 500
REVIEWED = {"keguan_reviewed": True}
GONE, ALTERED = "aside_gone", "aside_altered"

Tell = Callable[[str, str, int], object]
"""Is told the kind of a finding, the token of the value and the id of the row that has committed itself to it."""


class Beside:
    """Hears the rows of one chain in their order, and tells at the end which of their values are lost or are others.

    ``sealed`` is an id below which no row can have come up since the reading began. Whoever calls has made
    sure that the code of a row fits: what a forged one says explains nothing.
    """

    def __init__(self, session: Session, key: bytes, chain: int, sealed: int) -> None:
        self.session, self.key, self.chain, self.sealed = session, key, chain, sealed
        self._waiting: dict[str, Any] = {}  # token to (row, commitment)
        self._wrong: dict[str, tuple[str, int]] = {}  # token to (kind, id of the row)

    def hear(self, row: Mapping[str, Any]) -> None:
        """One row of the chain."""
        if row["action"] in EXPLAINS:
            self._look()
            self._explain(row)
        elif '"sha256"' in row["changes"] and row["action"] != ERASE:  # an erasure keeps nothing of what it overwrites
            self._waiting |= {one["aside"]: (row, one["sha256"]) for one in commitments(json.loads(row["changes"])) if one["aside"]}
            if len(self._waiting) >= AT_ONCE:
                self._look()

    def tell(self, tell: Tell) -> None:
        """After the last row: what is wrong, unless an erasure that was committed meanwhile explains it."""
        self._look()
        for row in self._since() if self._wrong else ():
            self._explain(row)
        for token, (kind, number) in self._wrong.items():
            tell(kind, token, number)

    def _look(self) -> None:
        waiting, self._waiting = self._waiting, {}
        table = AsideValue.__table__
        asked = select(*table.c).where(table.c.token.in_(waiting))
        found = {row["token"]: row for row in self.session.execute(asked, execution_options=REVIEWED).mappings()} if waiting else {}
        for token, (row, digest) in waiting.items():
            stands = found.get(token)
            if stands is None:
                self._wrong[token] = (GONE, row["id"])
            elif _where(stands) != _where(row) or commitment(stands["salt"], stands["value"]) != digest:
                self._wrong[token] = (ALTERED, row["id"])

    def _explain(self, row: Mapping[str, Any]) -> None:
        for token in json.loads(row["changes"]).get("tokens", ()):
            self._wrong.pop(token, None)

    def _since(self) -> Iterable[Mapping[str, Any]]:
        table = AuditRow.__table__
        asked = select(*(table.c[name] for name in LINE)).where(within(self.chain), table.c.action.in_(EXPLAINS), table.c.id > self.sealed)
        rows: Any = self.session.execute(asked, execution_options=REVIEWED).mappings()
        return [row for row in rows if hmac.compare_digest(row["mac"], mac_of(self.key, row))]


def _where(row: Any) -> tuple[Any, ...]:
    return row["company_id"], row["table_name"], row["record_id"]


def wrong_beside(session: Session, key: bytes, chain: int) -> list[str]:
    """Tokens of values of one chain that are lost or altered and that no row explains."""
    table, tokens = AuditRow.__table__, list[str]()
    telling = table.c.action.in_(EXPLAINS) | table.c.changes.contains('"sha256"')
    asked = select(*(table.c[name] for name in LINE)).where(within(chain), telling).order_by(table.c.id)
    beside = Beside(session, key, chain, session.scalar(select(func.max(AuditBlock.last_id))) or 0)
    rows: Any = session.execute(asked, execution_options={**REVIEWED, "yield_per": 2_000}).mappings()
    for row in rows:
        if hmac.compare_digest(row["mac"], mac_of(key, row)):
            beside.hear(row)
    beside.tell(lambda _, token, __: tokens.append(token))
    return tokens
