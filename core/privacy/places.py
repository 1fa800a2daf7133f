"""Where the house keeps what people have typed, and how an erasure reaches it, or why it does not (PIPL 47).

A table of the core that holds typed words stands in exactly one of these lists; a test looks through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

Forget = Callable[[Session, Collection[str]], object]


@dataclass(frozen=True)
class Place:
    """Tables in which a person may be named by words; ``forget`` takes out those that he or she is called or found by."""

    tables: tuple[str, ...]
    forget: Forget


_places: list[Place] = []


def use_places(*places: Place) -> None:
    """Say what every erasure asks to forget; rooms above this one are among them."""
    _places[:] = places


def known_places() -> tuple[Place, ...]:
    """What every erasure asks to forget; an erasure that asked nobody would be none."""
    if not _places:
        raise RuntimeError("no place says how it forgets a person")
    return tuple(_places)


BY_RECORD: Mapping[str, str] = {
    "core_aside_value": "destroyed for each record that is erased",
    "core_comment": "removed with the record",
    "core_key_change": "emptied for the record",
    "core_notice": "the name is replaced in it",
}
"""Tables that the erasure itself reaches by the record or the name."""
LEFT: Mapping[str, str] = {
    **dict.fromkeys(
        ("core_access_application", "core_approval_case", "core_approval_seat", "core_backup_wish", "core_delegation"),
        "says why something was asked for or decided; free texts are not searched",
    ),
    **dict.fromkeys(("core_erasure", "core_handover", "core_legal_hold"), "says why it was done; free texts are not searched"),
    **dict.fromkeys(
        ("core_audit_alarm", "core_audit_check", "core_audit_row"), "sealed: values of people stand aside, and there they are erased"
    ),
    **dict.fromkeys(("core_approval_chain", "core_code_entry", "core_parameter", "core_role"), "set by the administrator for everybody"),
    **dict.fromkeys(("core_company", "core_company_day", "core_department", "core_employee"), "the company and who works in it"),
    "core_handover_part": "numbers of records",
    "core_import_profile": "how columns are read, no rows",
}
"""Tables that are left as they are, with the reason."""
