"""The record guard: scope on every read, company, owner, references and rights on every write (design 3.2).

It listens to the session, below forms, REST, actions, imports and jobs, so that no author of a plugin can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from core.access.criteria import parent_of, reach, visible
from core.access.reading import covered, reading_of
from core.audit.trail import name_action, on_behalf_of
from core.database.covering import access_to, cover_all, covered_value
from core.database.records import Record
from core.kernel.acting import Acting, Actor, System, acting, acting_as
from core.kernel.errors import Forbidden, NotFound, StaleVersion
from core.kernel.words import msg

FIXED = ("company_id", "owner_id", "department_id")
"""Columns that only a handover changes."""
FEW = 20  # new records of one flush, up to which what they refer to is asked for one by one
PORTION = 500
SeenRecord = TypeVar("SeenRecord", bound=Record)


def install_guard(session_class: Any) -> None:
    """Attach the guard to every session of ``session_class``."""
    event.listen(session_class, "do_orm_execute", scope_reads)
    event.listen(session_class, "before_flush", guard_writes)


def scope_reads(state: ORMExecuteState) -> None:
    """Add the criteria of the person who acts to every statement; refuse what cannot carry them."""
    who = acting()
    if (state.is_update or state.is_delete) and state.bind_mapper is not None and state.bind_mapper.class_.__append_only__:
        raise _kept()
    if isinstance(who, System) and who.company_id is None:
        return
    if not state.is_orm_statement:
        _refuse_raw(state)
    elif state.is_from_statement:
        _refuse_raw(state)  # its text carries no criteria, whatever class it loads
    elif state.is_insert or (state.is_executemany and (state.is_update or state.is_delete)):
        raise Forbidden(msg("Bulk writes pass by the record guard and are refused."))
    elif (state.is_update or state.is_delete) and isinstance(who, Actor):
        _refuse_unopened(state)
    if state.is_select or state.is_update or state.is_delete:
        reading = reading_of(state.statement)
        if reading.past_classes:
            _refuse_raw(state)  # it passes for a statement of classes, but a part of it could not carry their criteria
        scoping = _scoped_again if reading.standing else _scoped
        state.statement = scoping(state.statement, who, bool(state.session.info.get("in_use_case")))


def _scoped(statement: Any, who: Acting, in_use_case: bool) -> Any:
    """``statement`` as ``who`` may ask it."""
    form = reading_of(statement).form
    shown = statement if in_use_case else covered(form, statement, who)
    return shown.options(*criteria_for(who, form.touched))


_scoped_again = lru_cache(maxsize=1_024)(_scoped)
"""A statement that is built once and asked by many: SQLAlchemy then finds its form at once. Kept for exactly these rights, as a
criterion is."""


def _refuse_raw(state: ORMExecuteState) -> None:
    """Plain SQL knows no scope: only statements marked by a reviewed place of the house may run."""
    if not state.execution_options.get("keguan_reviewed"):
        raise Forbidden(msg("Plain SQL knows no scope and is refused here."))


def _kept() -> Forbidden:
    return Forbidden(msg("Entries of the audit trail are neither changed nor deleted."))


def _refuse_unopened(state: ORMExecuteState) -> None:
    """A statement that writes asks for no right and leaves no trail: bookkeeping and reviewed places alone may send one."""
    mapper = state.bind_mapper
    if mapper is not None and not mapper.class_.__bookkeeping__ and not state.execution_options.get("keguan_reviewed"):
        raise Forbidden(msg("Bulk writes pass by the record guard and are refused."))


def criteria_for(who: Acting, models: list[Any]) -> list[Any]:
    """Loader criteria for ``models``."""
    return [_criterion(model, who) for model in models]


@lru_cache(maxsize=4_096)
def _criterion(model: Any, who: Acting) -> Any:
    """Kept for whoever has exactly the same rights in the same place, which is this person until something is changed: building it
    takes longer than the statement. Found by equality with the whole of ``who``, never by an identity that may be given again."""
    return with_loader_criteria(model, visible(model, who), include_aliases=True)


def get_for(session: Session, model: Any, verb: str, record_id: int, version: int | None = None) -> Any:
    """Load a record in order to do ``verb`` with it, and open it for writing in this use case.

    Raises as :func:`look_for` does, and :class:`StaleVersion` when ``version`` is given and is not the stored one.
    """
    record = look_for(session, model, verb, record_id)
    if version is not None and record.version != version:
        raise StaleVersion(_as_seen(record), {}, record.version)
    if verb != "read":
        open_for_writing(session, record)
        name_action(session, record, verb, by_right=True)
    return record


def _as_seen(record: Record) -> dict[str, Any]:
    """What is stored now, for the second editor; only as far as he or she may read it."""
    who, model = acting(), type(record)
    return {
        name: covered_value(declared, access_to(who, model, name), getattr(record, name, None)) for name, declared in model.fields().items()
    }


def look_for(session: Session, model: Any, verb: str, record_id: int) -> Any:
    """A record for somebody who may do ``verb`` with it; a form is shown to nobody else.

    Raises :class:`NotFound` when it does not exist or may not be seen, :class:`Forbidden` when it may be seen but not this done with it.
    """
    who = acting()
    if not isinstance(who, Actor) or verb == "read":
        record = session.get(model, record_id)
        if record is None:
            raise NotFound
        return record
    found = session.execute(_looking(model, who, verb), {"id": record_id}, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    if not found.allowed:
        raise Forbidden(right=(model.__resource__, verb))
    return found[0]


@lru_cache(maxsize=4_096)
def _looking(model: Any, who: Actor, verb: str) -> Any:
    """A record together with whether ``who`` may do ``verb`` with it; kept as :func:`_criterion` is."""
    return select(model, visible(model, who, verb).label("allowed")).where(model.id == bindparam("id"))


def authorise(model: type[Record], verb: str) -> None:
    """Raise :class:`Forbidden` unless the person who acts has ``verb`` on the resource of ``model`` at all."""
    who = acting()
    if isinstance(who, System):
        return
    if not isinstance(who, Actor) or not who.may(model.__resource__, verb):
        raise Forbidden(right=(model.__resource__, verb))


def open_for_writing(session: Session, record: Record) -> None:
    """Let this use case write ``record``; verbs that were given it by a hook or a parent call it."""
    session.info.setdefault("opened", set()).add(record)


@contextmanager
def handing_over(session: Session) -> Iterator[None]:
    """Inside, owner and department may change: the body of a handover and nothing else (R-165)."""
    session.info["handing_over"] = True
    try:
        yield
        session.flush()
    finally:
        session.info.pop("handing_over", None)


@contextmanager
def as_system(session: Session, reason: str) -> Iterator[None]:
    """Look or write over people for a stated reason."""
    who = acting()
    company = who.company_id if isinstance(who, Actor | System) else None
    before = set(session.identity_map.keys())
    session.flush()  # what the person has done so far is the person's
    try:
        with on_behalf_of(session, who), acting_as(System(reason, company)):
            yield
            session.flush()
    finally:  # after a refusal, too: the answer is built from the same memory
        session.info.setdefault("over_people", set()).update(set(session.identity_map.keys()) - before)
        if not session.info.get("in_use_case"):
            cover_all(session)


def guard_writes(session: Session, *_: Any) -> None:
    """Refuse every write that the person who acts may not do, whoever wrote the code that leads here."""
    who = acting()
    if len(session.new) > FEW:
        _look_ahead(session, who)
    for record in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(record, Record) and (is_new(record) or record in session.deleted or session.is_modified(record)):
            _check_record(session, record, who)


def _look_ahead(session: Session, who: Acting) -> None:
    """Ask for all that many new records refer to by one statement for each kind; what is not seen is asked for again and refused."""
    wanted: dict[Any, set[int]] = {}
    for record in session.new:
        for name in record.__references__ if isinstance(record, Record) and record.__scope__ != "global" else ():
            if (value := getattr(record, f"{name}_id")) is not None:
                wanted.setdefault(getattr(type(record), name).property.mapper.class_, set()).add(value)
    known = session.info.setdefault("reachable", set())
    with session.no_autoflush:
        for target, ids in wanted.items():
            unknown = sorted(ids - {record_id for actor, table, record_id in known if (actor, table) == (who, target.__tablename__)})
            for start in range(0, len(unknown), PORTION):
                found = session.scalars(select(target.id).where(target.id.in_(unknown[start : start + PORTION])))
                known.update((who, target.__tablename__, record_id) for record_id in found)


def is_new(record: Record) -> bool:
    """Whether the record waits for its INSERT; asked of the record, because ``session.new`` is built anew for every question."""
    return bool(inspect(record).pending)


def _check_record(session: Session, record: Record, who: Acting) -> None:
    if record.__append_only__ and not is_new(record):
        raise _kept()
    if isinstance(who, System) and who.company_id is None:
        return
    if record.__scope__ != "global":
        _check_company(record, who)
        _check_owner(session, record, who)
        _check_references(session, record, who)
    if isinstance(who, Actor) and not record.__bookkeeping__:
        _check_right(session, record, who)
    elif who is None and not record.__bookkeeping__:
        raise Forbidden(msg("Nobody is acting, so nothing may be written."))


def _check_company(record: Any, who: Acting) -> None:
    company = who.company_id if isinstance(who, Actor | System) else None
    if record.company_id is None:
        record.company_id = company
    old = () if is_new(record) else inspect(record).attrs.company_id.history.deleted
    if record.company_id != company or any(value not in (None, company) for value in old):
        raise Forbidden(msg("A record cannot be written into, or moved to, another company."))


def _check_owner(session: Session, record: Any, who: Acting) -> None:
    if record.__scope__ != "owned":
        return
    if is_new(record):
        if isinstance(who, Actor):
            record.owner_id = record.owner_id or who.employee_id
            record.department_id = record.department_id or who.department_id
        return
    changed = [name for name in FIXED if inspect(record).attrs[name].history.has_changes()]
    if changed and not session.info.get("handing_over"):
        raise Forbidden(msg("Owner and department change only by a handover."))


def _check_references(session: Session, record: Any, who: Acting) -> None:
    """Every newly set reference must lead to a record that the person may see: the same answer as for none at all."""
    for name, declared in record.__references__.items():
        value = getattr(record, f"{name}_id")
        if value is None or not (is_new(record) or inspect(record).attrs[f"{name}_id"].history.added):
            continue
        if not _reachable(session, getattr(type(record), name).property.mapper.class_, value, who):
            raise NotFound(msg("The chosen “%(field)s” does not exist, or you may not see it.", field=declared.field.label))


def _reachable(session: Session, target: type[Record], record_id: int, who: Acting) -> bool:
    """Whether ``who`` sees the target; asked once per use case, and not for what this use case itself has opened."""
    known = session.info.setdefault("reachable", set())
    key = (who, target.__tablename__, record_id)  # the person, not the place in memory: that is given again
    if key in known or in_memory(session, target, record_id) in session.info.get("opened", set()):
        return True
    with session.no_autoflush:
        found = session.scalar(select(target.id).where(target.id == record_id)) is not None
    if found:
        known.add(key)
    return found


def in_memory(session: Session, model: type[Record], record_id: int) -> Any:
    """The record if this session has it already, else None."""
    return session.identity_map.get(inspect(model).identity_key_from_primary_key((record_id,)))


def seen_here(session: Session, model: type[SeenRecord], record_id: int) -> SeenRecord:
    """The record that a page is about, which whoever acts has been shown by this session already; asked for where that is not so."""
    found = in_memory(session, model, record_id)
    if found is None or inspect(found).key in session.info.get("over_people", ()):
        found = session.get_one(model, record_id)
    return found  # type: ignore[no-any-return]


def _check_right(session: Session, record: Any, who: Actor) -> None:
    opened = session.info.get("opened", set())
    if record in opened or any(above in opened for above in _above(session, record)):
        return
    if is_new(record) and record.__resource__ and who.may(record.__resource__, "create") and _parent_lets(session, record, who):
        open_for_writing(session, record)
        return
    raise Forbidden(msg("“%(kind)s” was not opened for writing by a verb that you may use.", kind=record.__label__))


def _parent_lets(session: Session, record: Any, who: Actor) -> bool:
    """Whether a new part with rights of its own may be added there: somebody with whom a record is shared to read may not (R-443)."""
    if record.__scope__ != "child":
        return True
    parent = parent_of(type(record))
    parent_id = getattr(record, f"{record.__parent__}_id")
    if parent.__scope__ != "owned" or in_memory(session, parent, parent_id) in session.info.get("opened", set()):
        return True
    with session.no_autoflush:
        return session.scalar(select(parent.id).where(parent.id == parent_id, reach(type(record), parent, who, "create"))) is not None


def _above(session: Session, record: Any) -> Iterator[Any]:
    """The records that ``record`` is a part of, nearest first; a part without a resource is written with its parent."""
    while record.__scope__ == "child" and not record.__resource__:
        parent_class = parent_of(type(record))
        parent_id = getattr(record, f"{record.__parent__}_id")
        parent = in_memory(session, parent_class, parent_id) if parent_id is not None else None
        if parent is None:
            return
        yield parent
        record = parent
