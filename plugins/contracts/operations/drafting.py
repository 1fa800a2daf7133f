"""A contract before it is signed: drafted, changed, its lines set, thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for
from core.database.changes import apply_changes, clean_values, make_record
from core.kernel.clock import now
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.contracts.errors import NotOpen
from plugins.contracts.models import Contract, ContractLine, DataReturn
from plugins.contracts.operations.scheduling import flush_or_refuse, set_schedule
from plugins.contracts.rules import MOST_LINES, OPEN, amounts, term_is_sound

Lines = Sequence[Mapping[str, Any]]


def draft_contract(session: Session, values: Mapping[str, Any]) -> Contract:
    """Draft a contract with the customer ``values["customer"]``; ``values["lines"]`` may hold its lines as :func:`set_lines` takes them.

    It belongs to whoever drafts it. Raises :class:`BadInput`, and :class:`NotFound` for a customer that one may not see.
    """
    authorise(Contract, "create")
    own, lines = _parted(values)
    contract: Contract = make_record(Contract, own)
    _check_term(contract)
    session.add(contract)
    session.flush()
    write_lines(session, contract, lines or ())
    return contract


def change_contract(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Contract:
    """Change the given fields of a contract that is not signed, and its lines when ``changes["lines"]`` is given.

    Raises :class:`NotOpen` for a signed one.
    """
    contract = _open_contract(session, record_id, version)
    own, lines = _parted(changes)
    apply_changes(contract, own)
    _check_term(contract)
    if lines is not None:
        write_lines(session, contract, lines)
    session.flush()
    return contract


def set_lines(session: Session, record_id: int, version: int | None, lines: Lines) -> Contract:
    """Replace the lines (dicts of code, name, unit, quantity, price) of a contract that is not signed; its amount follows.

    Raises :class:`BadInput` whose fields are called ``lines-<n>-<field>``, n from 0.
    """
    contract = _open_contract(session, record_id, version)
    write_lines(session, contract, lines)
    return contract


def delete_contract(session: Session, record_id: int, version: int | None) -> None:
    """Throw away a contract that was never signed and has no number; raises :class:`HasRecords` when others refer to it."""
    contract: Contract = get_for(session, Contract, "delete", record_id, version)
    if contract.state not in OPEN or contract.number:
        raise NotOpen(contract.state.label)
    set_schedule(session, contract, ())
    for part in (*lines_of(session, contract), *session.scalars(select(DataReturn).where(DataReturn.contract_id == contract.id))):
        session.delete(part)
    session.flush()
    session.delete(contract)
    flush_or_refuse(session)


def lines_of(session: Session, contract: Contract) -> Sequence[ContractLine]:
    """Lines in their order."""
    wanted = select(ContractLine).where(ContractLine.contract_id == contract.id).order_by(ContractLine.position, ContractLine.id)
    return session.scalars(wanted).all()


def _parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], Lines | None]:
    own = dict(values)
    return own, own.pop("lines", None)


def _open_contract(session: Session, record_id: int, version: int | None) -> Contract:
    contract: Contract = get_for(session, Contract, "update", record_id, version)
    if contract.state not in OPEN:
        raise NotOpen(contract.state.label)
    return contract


def _check_term(contract: Contract) -> None:
    if not term_is_sound(contract.starts_on, contract.ends_on):
        raise BadInput(fields={"ends_on": msg("The contract ends before it starts. Please check both days.")})


def write_lines(session: Session, contract: Contract, lines: Lines) -> None:
    """Replace the lines of a contract that a verb has opened; each keeps its identity by position, and the trail tells its change."""
    clean = _clean_lines(lines)
    each, contract.amount = amounts((line["quantity"], line["price"]) for line in clean)
    stored = list(lines_of(session, contract))
    for position, (values, amount) in enumerate(zip(clean, each, strict=True), 1):
        line = stored[position - 1] if position <= len(stored) else ContractLine(contract_id=contract.id)
        for name, value in {**values, "position": position, "amount": amount}.items():
            setattr(line, name, value)
        session.add(line)
    for surplus in stored[len(clean) :]:
        session.delete(surplus)
    contract.updated_at = now()  # also when the amount stays: whoever has the contract open must not overwrite these lines
    session.flush()


def _clean_lines(lines: Lines) -> list[dict[str, Any]]:
    if len(lines) > MOST_LINES:
        raise BadInput(fields={"lines": msg("A contract has at most %(limit)s lines.", limit=MOST_LINES)})
    clean: list[dict[str, Any]] = []
    wrong: dict[str, Message] = {}
    for number, line in enumerate(lines):
        try:
            clean.append(_clean_line(line))
        except BadInput as error:
            wrong |= {f"lines-{number}-{name}": sentence for name, sentence in error.fields.items()}
    if wrong:
        raise BadInput(fields=wrong)
    return clean


def _clean_line(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "name", "unit", "quantity", "price")
    values = clean_values(ContractLine, dict.fromkeys(names) | dict(line), partial=True)
    wrong = {"quantity": msg("The quantity must be above 0.")} if values["quantity"] <= 0 else {}
    if values["price"] < 0:
        wrong["price"] = msg("The price must not be below 0.")
    if wrong:
        raise BadInput(fields=wrong)
    return values
