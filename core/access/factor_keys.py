"""The key of the second factors lies outside the database; without it nobody who has set one up could sign in any more."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.access.factor_codes import opens
from core.access.models import SecondFactor
from core.kernel.acting import System, acting_as
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
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).is_file():
        return None  # to ask SQLite would make the file
    try:
        if not inspect(engine).has_table(SecondFactor.__tablename__):
            return None
        asked = select(SecondFactor.user_id, SecondFactor.secret).where(SecondFactor.secret.is_not(None)).order_by(SecondFactor.id.desc())
        with acting_as(System("readiness")), Session(engine) as session:
            row = session.execute(asked.limit(1)).one_or_none()
    except SQLAlchemyError:
        return None  # a database that does not answer is told by whoever needs it
    return (row[0], row[1]) if row is not None and row[1] else None
