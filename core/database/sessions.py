"""Sessions: one fresh session per request or job, one transaction per use case, and no way round the record guard."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Select, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from core.database.covering import cover_all
from core.database.engine import QUESTION, writing
from core.database.together import Counted, answered
from core.kernel.acting import System, acting
from core.kernel.errors import Conflict, NotFound, StartRefused, Taken
from core.kernel.words import msg

log = logging.getLogger("keguan.database")

COMMITTED = "has_committed"
FASTER = msg("Somebody else has changed this in the same moment, so nothing was changed here. Please look at it again.")


class GuardedSession(Session):
    """A session without the doors that pass by the scope of the person who acts (framework-facts 2)."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Like :meth:`Session.get`, but an object already in memory is looked up again, so that scope always applies."""
        return super().get(entity, ident, **{**options, "populate_existing": True})

    def refresh(self, instance: Any, *args: Any, **options: Any) -> None:
        """Like :meth:`Session.refresh`, but raises :class:`NotFound` for an object that scope would not show again."""
        mapper = inspect(type(instance))
        if self.get(mapper.class_, mapper.primary_key_from_instance(instance)) is None:
            raise NotFound
        super().refresh(instance, *args, **options)

    def _identity_lookup(self, mapper: Any, *args: Any, **options: Any) -> Any:
        """A reference leads to no object that the house itself has loaded over people: such a one is asked for again, under scope."""
        found = super()._identity_lookup(mapper, *args, **options)
        if isinstance(found, mapper.class_) and inspect(found).key in self.info.get("over_people", ()) and not isinstance(acting(), System):
            return None
        return found

    def bulk_save_objects(self, *args: Any, **options: Any) -> None:
        """Refused: bulk writes see neither scope nor trail."""
        raise _refused("bulk_save_objects")

    def bulk_insert_mappings(self, *args: Any, **options: Any) -> None:
        """Refused: bulk writes see neither scope nor trail."""
        raise _refused("bulk_insert_mappings")

    def bulk_update_mappings(self, *args: Any, **options: Any) -> None:
        """Refused: bulk writes see neither scope nor trail."""
        raise _refused("bulk_update_mappings")


def _refused(name: str) -> Exception:
    return StartRefused(msg("Session.%(name)s passes by the record guard and may not be used.", name=name))


class Database:
    """Engine and sessions of one application.

    ``session`` serves business records and is guarded; ``identity`` serves sign-in, sessions and keys, which FAB commits
    on its own account and which therefore must never share a transaction with business records.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session: scoped_session[GuardedSession] = scoped_session(sessionmaker(engine, class_=GuardedSession, expire_on_commit=False))
        self.identity: scoped_session[Session] = scoped_session(sessionmaker(engine, expire_on_commit=False))
        alone: dict[str, Any] = {QUESTION: True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self.questions = sessionmaker(engine.execution_options(**alone))

    def release(self) -> None:
        """Give both sessions of this thread back; a later use begins afresh."""
        self.session.remove()
        self.identity.remove()

    def question(self) -> Session:
        """A session for one question that stands alone, unguarded like ``identity``: nothing begins and ends for it.

        To be used in a ``with`` statement. Every page asks who it is and what he may; beginning and ending took as long as asking.
        """
        return self.questions()

    @contextmanager
    def transaction(self) -> Iterator[GuardedSession]:
        """One use case: commit at the end, nothing at all on any error; then what waited for the commit is done.

        Not to be nested: only the edge (page, REST, command, job) opens it, verbs work inside it.
        """
        session = self.session()
        if session.info.get("in_use_case"):
            raise RuntimeError("A use case is already open; verbs call each other, edges do not.")
        session.expunge_all()  # what was read before stays readable, but this use case reads afresh
        session.rollback()  # ends the reading that led here
        _forget_all_but_marks(session, COMMITTED)
        session.info["in_use_case"] = True
        with writing():
            try:
                yield session
                session.commit()
            except BaseException as error:
                session.rollback()
                _forget_all_but_sight(session)
                if isinstance(error, StaleDataError):
                    raise Conflict(FASTER) from error
                if isinstance(error, IntegrityError) and (conflict := _stood_in_the_way(error)) is not None:
                    raise conflict from error
                raise
        waiting = session.info.pop("after_commit", [])
        session.info[COMMITTED] = True
        _forget_all_but_sight(session)
        cover_all(session)
        for action in waiting:
            action()


def _forget_all_but_sight(session: Session) -> None:
    """End the use case; what the house has loaded over people is still in memory while the answer, or the refusal, is built."""
    session.info.setdefault("over_people", set())
    _forget_all_but_marks(session, "over_people", COMMITTED)


def _forget_all_but_marks(session: Session, *marks: str) -> None:
    kept = {name: session.info[name] for name in marks if name in session.info}
    session.info.clear()
    session.info.update(kept)


def _stood_in_the_way(error: IntegrityError) -> Conflict | None:
    """What every verb may run into, however well it looks first: others refer to what it deletes, or were faster with what is unique."""
    state, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state == "23503" or "FOREIGN KEY constraint failed" in said:
        return Conflict(msg("This record and others that refer to it belong together, so nothing was changed."))
    if state == "23505" or "UNIQUE constraint failed" in said:
        log.warning("two have written the same in one moment: %s", said.partition("\n")[0])  # or a verb does not look at all
        return Taken()
    return None


def has_committed(session: Session) -> bool:
    """Whether a use case of the session has been committed, so that nobody says afterwards that nothing was changed."""
    return COMMITTED in session.info


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Do ``action`` once the present use case has been committed; never when it fails."""
    session.info.setdefault("after_commit", []).append(action)


def one(session: Session, statement: Select[Any]) -> Any:
    """The only row of ``statement``; :class:`NotFound` when the person who acts sees none."""
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def capped_count(session: Session, statement: Select[Any], cap: int = 10_000) -> tuple[int, bool]:
    """Number of rows of ``statement``, and whether it is only ``cap`` because there are more (shown as '10,000+')."""
    (found,) = answered(session, [Counted(statement, cap)])
    return int(found[0]), bool(found[1])


def capped_counts(session: Session, statements: Sequence[Select[Any]], cap: int = 10_000) -> list[tuple[int, bool]]:
    """Like :func:`capped_count` for several statements at once: the database is asked only one time."""
    return answered(session, [Counted(one, cap) for one in statements])
