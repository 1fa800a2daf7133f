"""What a company has set for itself, kept in memory until it is set anew, so that no page reads it again (design 3.8).

``Company.settings_mark`` is read with every membership and drawn anew in the transaction that writes a setting: each process notices at its
next request. What is kept belongs to one company of one database and to nobody in it, so it holds plain values and no stored records.
The mark is drawn and not counted: after a restored backup no number stands for other settings than before.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from core.database.sessions import after_commit
from core.kernel.acting import Actor, System, acting
from core.organisation.models import CodeEntry, Company, CompanyDay, Parameter

Kept = TypeVar("Kept")
SETTINGS = (CodeEntry, CompanyDay, Parameter)
OWN, WRITTEN = "settings", "settings_written"
_kept: WeakKeyDictionary[Any, dict[tuple[int, str], tuple[str, Any]]] = WeakKeyDictionary()


def remembered(session: Session, name: str, read: Callable[[Session, int], Kept]) -> Kept | None:
    """What ``read(session, company_id)`` gives for the company of whoever acts; None when that is nobody's.

    It is read once for each mark of the settings by an employee, and once for the session by the system or after writing.
    """
    who = acting()
    company = who.company_id if isinstance(who, Actor | System) else None
    if company is None:
        return None
    if isinstance(who, Actor) and WRITTEN not in session.info:
        kept, mark = _kept.setdefault(session.get_bind(), {}), who.settings_mark
    else:
        kept, mark = session.info.setdefault(OWN, {}), ""
    found = kept.get((company, name))
    if found is None or found[0] != mark:
        found = kept[company, name] = (mark, read(session, company))
    return cast("Kept", found[1])


def install_memory(session_class: Any) -> None:
    """Let every session of ``session_class`` that writes a setting tell all others."""
    event.listen(session_class, "after_flush", _tell_others)


def _tell_others(session: Session, *_: Any) -> None:
    written = {one.company_id for one in _settings((*session.new, *session.dirty, *session.deleted))}
    if not written:
        return
    session.info[WRITTEN] = True
    session.info.pop(OWN, None)
    marked = update(Company).where(Company.id.in_(written)).values(settings_mark=secrets.token_hex(8))
    session.execute(marked, execution_options={"keguan_reviewed": True, "synchronize_session": False})
    after_commit(session, lambda: _forget(session))  # the rest of this request knows the mark before


def _forget(session: Session) -> None:
    _kept.pop(session.get_bind(), None)


def _settings(records: Iterable[Any]) -> list[Any]:
    return [one for one in records if isinstance(one, SETTINGS)]
