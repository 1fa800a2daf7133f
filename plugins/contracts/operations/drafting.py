"""A contract before it is signed: drafted, changed, its lines set, thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.access.sharing import forget_shares, let_see
from core.database.changes import apply_changes, clean_values, make_record
from core.database.lines import Lines, clean_lines, keep_lines, lines_of, parted, wrong_goods
from core.kernel.errors import BadInput
from core.kernel.words import msg
from plugins.contracts.errors import NotOpen
from plugins.contracts.models import Contract, ContractLine, DataReturn
from plugins.contracts.operations.scheduling import flush_or_refuse, set_schedule
from plugins.contracts.operations.telling import tell_signers_unless_asked
from plugins.contracts.rules import MOST_LINES, OPEN, amounts, term_is_sound


def draft_contract(session: Session, values: Mapping[str, Any]) -> Contract:
    """Draft a contract with the customer ``values["customer"]``; ``values["lines"]`` may hold its lines as :func:`set_lines` takes them.

    It belongs to whoever drafts it. Raises :class:`BadInput`, and :class:`NotFound` for a customer that one may not see.
    """
    authorise(Contract, "create")
    own, lines = parted(values)
    contract: Contract = make_record(Contract, own)
    _check_term(contract)
    session.add(contract)
    session.flush()
    _let_handler_see(session, contract, None)
    write_lines(session, contract, lines or ())
    if contract.amount > 0:
        tell_signers_unless_asked(session, contract)
    return contract


def change_contract(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Contract:
    """Change the given fields of a contract that is not signed, and its lines when ``changes["lines"]`` is given.

    Raises :class:`NotOpen` for a signed one.
    """
    contract = _open_contract(session, record_id, version)
    own, lines = parted(changes)
    former = contract.handler_id
    apply_changes(contract, own)
    _check_term(contract)
    _let_handler_see(session, contract, former)
    if lines is not None:
        _write_later(session, contract, lines)
    session.flush()
    return contract


def set_lines(session: Session, record_id: int, version: int | None, lines: Lines) -> Contract:
    """Replace the lines (dicts of code, name, unit, quantity, price) of a contract that is not signed; its amount follows.

    Raises :class:`BadInput` whose fields are called ``lines-<n>-<field>``, n from 0.
    """
    contract = _open_contract(session, record_id, version)
    _write_later(session, contract, lines)
    return contract


def delete_contract(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a contract that was never signed and has no number; raises :class:`HasRecords` when others refer to it."""
    contract: Contract = get_for(session, Contract, "delete", record_id, version)
    if contract.state not in OPEN or contract.number:
        raise NotOpen(contract.state.label)
    set_schedule(session, contract, ())
    forget_shares(session, contract)
    for part in (
        *lines_of(session, ContractLine, contract.id),
        *session.scalars(select(DataReturn).where(DataReturn.contract_id == contract.id)),
    ):
        session.delete(part)
    session.flush()
    session.delete(contract)
    flush_or_refuse(session)


def _open_contract(session: Session, record_id: int, version: int | None) -> Contract:
    contract: Contract = get_for(session, Contract, "update", record_id, version)
    if contract.state not in OPEN:
        raise NotOpen(contract.state.label)
    return contract


def _write_later(session: Session, contract: Contract, lines: Lines) -> None:
    """Write the lines of a draft that is there; whoever may sign is told when it has an amount for the first time."""
    before = contract.amount
    write_lines(session, contract, lines)
    if before <= 0 < contract.amount:
        tell_signers_unless_asked(session, contract)


def _let_handler_see(session: Session, contract: Contract, former: int | None) -> None:
    """Whoever carries the contract out sees it as far as a role lets see what is shared, and no longer than that (R-003)."""
    if contract.handler_id == former:
        return
    if former is not None:
        forget_shares(session, contract, former)
    if contract.handler_id is not None:
        let_see(session, contract, contract.handler_id)


def _check_term(contract: Contract) -> None:
    if not term_is_sound(contract.starts_on, contract.ends_on):
        raise BadInput(fields={"ends_on": msg("The contract ends before it starts. Please check both days.")})


def write_lines(session: Session, contract: Contract, lines: Lines) -> None:
    """Replace the lines of a contract that a verb has opened; each keeps its identity by position, and the trail tells its change."""
    clean = clean_lines(lines, _clean_line, most=MOST_LINES)
    each, contract.amount = amounts((line["quantity"], line["price"]) for line in clean)
    keep_lines(session, ContractLine, contract, [{**values, "amount": amount} for values, amount in zip(clean, each, strict=True)])


def _clean_line(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "name", "unit", "quantity", "price")
    values = clean_values(ContractLine, dict.fromkeys(names) | dict(line), partial=True)
    if wrong := wrong_goods(values["quantity"], values["price"]):
        raise BadInput(fields=wrong)
    return values
