"""Approval before a contract is signed (R-062, R-362)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.kernel.words import Message, msg
from plugins.contracts.models import Contract, ContractLine
from plugins.contracts.operations.telling import SIGNING_KIND, tell_signers
from plugins.contracts.permissions import CONTRACT
from plugins.contracts.rules import OPEN

LARGE = Decimal(1_000_000)
"""Yuan from which on a contract needs approval, until the company sets its own chain."""


def _lines(session: Session, contract: Contract) -> list[list[Any]]:
    """What is bought, line by line."""
    asked = select(ContractLine).where(ContractLine.contract_id == contract.id).order_by(ContractLine.id)
    return [[line.code, line.name, line.unit, str(line.quantity), str(line.price)] for line in session.scalars(asked)]


def _signed_already(contract: Contract) -> Message | None:
    return None if contract.state in OPEN else msg("A signed contract can no longer be changed; terminate it or make it void.")


SIGNING = ApprovalKind(
    SIGNING_KIND,
    msg("Signing of a contract"),
    CONTRACT,
    Contract,
    chain=(
        Step(msg("Review by the head of the department"), (Asked(Who.HEAD),), from_amount=LARGE),
        Step(msg("Approval by the leader in charge"), (Asked(Who.IN_CHARGE),), from_amount=LARGE),
    ),
    content=_lines,
    may_submit=_signed_already,
    on_approved=tell_signers,
    gates=("sign",),
    source="R-222",
)
APPROVALS = (SIGNING,)
