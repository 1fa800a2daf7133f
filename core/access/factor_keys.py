"""The key of the second factors lies outside the database; without it nobody who has set one up could sign in any more."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from core.access.factor_codes import opens
from core.access.models import SecondFactor
from core.database.engine import first_of
from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg


def refuse_lost_factor_key(engine: Engine, path: Path) -> None:
    """Raise :class:`StartRefused` when second factors are sealed but there is no key at ``path``: a new one would open none of them."""
    if path.is_file() or _sealed(engine) is None:
        return
    raise StartRefused(
        msg(
            "The key of the second factors is missing, and accounts are set up with it. Please put it back from your backup: “%(path)s”.",
            path=path,
        )
    )


def wrong_factor_key(engine: Engine, path: Path) -> Message | None:
    """What to do where the key of this process does not open what is sealed; None where it does, or nothing is."""
    found = _sealed(engine)
    if found is None or opens(*found):
        return None
    return msg(
        "The key of the second factors is not the one that accounts were set up with. Please put it back from your backup: “%(path)s”.",
        path=path,
    )


def _sealed(engine: Engine) -> tuple[int, bytes] | None:
    """The account and the sealed secret of the factor that was set up last; None without one."""
    table = SecondFactor.__table__
    asked = select(table.c.user_id, table.c.secret).where(table.c.secret.is_not(None)).order_by(table.c.id.desc())
    row = first_of(engine, SecondFactor.__tablename__, asked)
    return (row.user_id, row.secret) if row is not None and row.secret else None
