"""The verbs of the gate: ask, approve, refuse, withdraw. The file itself is made and fetched in :mod:`core.exports.making`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.field_rights import access_to
from core.access.guard import open_for_writing
from core.access.holders import holders_of
from core.approvals.models import Verdict
from core.approvals.operations import decide_on, drop_case, submit_if_needed
from core.audit.trail import name_action
from core.database.fields import Field
from core.database.sessions import one
from core.exports.folder import forget
from core.exports.leaving import NO_ROWS, Weight, demand_packable, holds_files, told_number, weigh
from core.exports.models import ExportRequest
from core.exports.quotas import demand_quota
from core.exports.settings import HOURS, PDF_ROWS, SMALL, SMALL_FILES
from core.exports.sources import CalendarSource, Source, source_called
from core.exports.states import LIFECYCLE, OPEN, ExportFormat, ExportState
from core.exports.terms import Leaving, Wish, terms_of
from core.extension.approving import ApprovalKind, Asked, Step, Who
from core.extension.rights import EXPORT
from core.kernel.acting import Actor, FieldAccess, actor
from core.kernel.clock import now, today
from core.kernel.errors import BadInput, Conflict, Forbidden
from core.kernel.words import msg
from core.organisation.parameters import parameter
from core.work.file_names import clean_name
from core.work.jobs import cancel_job
from core.work.notices import notify

RESOURCE, APPROVE, WATCH = "core.exports", "approve", "watch"
KIND = "core.export"


def may_export(who: Actor, resource: str) -> bool:
    """Whether a role of ``who`` lets the records of ``resource`` out."""
    return who.may(resource, "read") and who.may(resource, EXPORT)


def demand_right(who: Actor, resource: str) -> None:
    """Raise :class:`Forbidden` unless ``who`` may export records of ``resource`` now."""
    if not may_export(who, resource):
        raise Forbidden(msg("Your roles do not let you export this. Please ask your security administrator for the right “Export”."))


def demand_source(who: Actor, source: Source) -> None:
    """As :func:`demand_right`; a calendar feed needs the right for at least one kind of its days."""
    if not isinstance(source, CalendarSource):
        demand_right(who, source.resource)
    elif not source.fields():
        raise Forbidden(
            msg("Nothing on your calendar may be exported. Please ask your security administrator for the right “Export” on its records.")
        )


def request_export(session: Session, wish: Wish) -> ExportRequest:
    """Ask for an export, with a reason. It waits for another person, unless it is as small as the company lets go without (R-343).

    Raises :class:`Forbidden` without the right, :class:`BadInput` for a column, reason or name that will not do, :class:`Conflict` when
    nothing would be exported or the quota of the day is used up.
    """
    who = actor()
    source = source_called(wish.source, who)
    demand_source(who, source)
    asked = source.checked(wish.asked)
    if wish.file_format not in source.formats:
        raise BadInput(fields={"format": msg("Please choose one of the formats that are offered.")})
    columns = _columns(source, wish.columns)
    weight = weigh(session, source, asked, columns)
    _check_weight(session, wish, weight)
    reason, name = stated_reason(wish.reason), _file_name(source, wish)
    what = Leaving(columns, weight.rows, wish.file_format, reason, name, wish.language, asked, contents=weight.contents, size=weight.size)
    request = enter_request(session, source, what)
    if is_free(session, source, weight.rows):
        let(session, request)
    elif submit_if_needed(session, KIND, request, note=request.reason) is None:
        _ask_approvers(session, request, source)
    session.flush()
    return request


def enter_request(session: Session, source: Source, what: Leaving) -> ExportRequest:
    """A request of the person who acts for ``what`` of ``source``, waiting and bound by its terms; the caller has checked both."""
    who = actor()
    request = ExportRequest(
        company_id=who.company_id,
        source=source.key,
        resource=source.resource,
        record_id=what.record_id,
        asked=[list(pair) for pair in what.asked],
        columns=list(what.columns),
        rows=what.rows,
        format=what.file_format,
        reason=what.reason,
        file_name=what.file_name,
        language=what.language,
        contents=what.contents,
        size=what.size,
        asked_by_id=who.employee_id,
        state=ExportState.WAITING,
    )
    request.terms = terms_of(request)
    open_for_writing(session, request)
    session.add(request)
    session.flush()
    return request


def open_fields(source: Source, who: Actor) -> dict[str, Field]:
    """Fields that ``who`` may have as columns; masked ones come out under their mask, what is hidden does not come at all (R-442)."""
    return {name: one for name, one in source.fields().items() if access_to(who, source.model, name) is not FieldAccess.NONE}


def _columns(source: Source, wanted: tuple[str, ...]) -> tuple[str, ...]:
    known = open_fields(source, actor())
    names = tuple(dict.fromkeys(wanted)) or tuple(name for name in source.usual() if name in known)
    for name in names:
        if name not in known:
            raise BadInput(fields={"columns": msg("The list has no column “%(name)s”.", name=name[:40])})
    return names


def is_free(session: Session, source: Source, number: int) -> bool:
    """Whether so many rows, or files, leave without asking anybody (R-343)."""
    if isinstance(source, CalendarSource):
        return False
    return bool(number <= parameter(session, SMALL_FILES if holds_files(source) else SMALL))


def _check_weight(session: Session, wish: Wish, weight: Weight) -> None:
    if wish.file_format is ExportFormat.ZIP:
        demand_packable(session, weight)
        return
    if wish.file_format is ExportFormat.ICS:
        demand_quota(session, 0)
        return
    if weight.rows == 0:
        raise Conflict(NO_ROWS)
    most = parameter(session, PDF_ROWS)
    if wish.file_format is ExportFormat.PDF and weight.rows > most:
        raise BadInput(fields={"format": msg("A PDF holds at most %(most)s rows. Please choose CSV or XLSX.", most=most)})
    demand_quota(session, weight.rows)


def stated_reason(text: str) -> str:
    """The reason as it is kept; :class:`BadInput` when it says nothing."""
    reason = " ".join(text.split())
    if len(reason) < 4:
        raise BadInput(fields={"reason": msg("Please say in a few words what the data are needed for.")})
    if len(reason) > 500:
        raise BadInput(fields={"reason": msg("Please shorten the text to %(limit)s characters.", limit=500)})
    return reason


def _file_name(source: Source, wish: Wish) -> str:
    """The given name, or one made of list and day; one that names a path is refused, not mended."""
    given = wish.file_name.strip()
    if any(letter in given for letter in "/\\\0") or given.startswith("."):
        raise BadInput(fields={"file_name": msg("The name of the file may hold no / or \\ and does not begin with a dot.")})
    ending = f".{wish.file_format.value}"
    name = given or f"{source.title}-{today():%Y%m%d}"
    return clean_name(name if name.lower().endswith(ending) else f"{name}{ending}")


def _ask_approvers(session: Session, request: ExportRequest, source: Source) -> None:
    deciding = [one for one in holders_of(session, RESOURCE, APPROVE) if one != request.asked_by_id]
    if not deciding:
        raise Conflict(msg("Nobody in this company may approve exports but you. Please ask your security administrator."))
    sentence = msg(
        "%(who)s asks to export %(rows)s of “%(list)s”: %(reason)s",
        who=actor().name,
        rows=told_number(request.format, request.rows),
        list=source.title,
        reason=request.reason,
    )
    for employee_id in deciding:
        notify(session, employee_id, sentence, f"/exports/{request.id}")


def found_export(session: Session, request_id: int) -> ExportRequest:
    """The request, for who asked and for those who may read exports; :class:`NotFound` for everybody else."""
    request: ExportRequest = one(session, select(ExportRequest).where(ExportRequest.id == request_id))
    return request


def own_export(session: Session, request_id: int) -> ExportRequest:
    """A request of the person who acts; :class:`Forbidden` when it is somebody else's."""
    request = found_export(session, request_id)
    if request.asked_by_id != actor().employee_id:
        raise Forbidden(msg("Only the person who asked for this export can do this."))
    return request


def move(session: Session, request: ExportRequest, verb: str) -> None:
    """Take one step of the life cycle; the trail calls it ``verb``."""
    open_for_writing(session, request)
    request.state = LIFECYCLE.move(request.state, verb)
    name_action(session, request, verb)


def approve_export(session: Session, request_id: int, version: int, opinion: str = "") -> ExportRequest:
    """Let exactly this leave once, within the hours that the company allows; never one's own wish (R-343).

    Where a chain of approval runs, this is one's step in it. Raises what :func:`core.approvals.operations.decide_on` raises then.
    """
    request = _to_decide(session, request_id, version)
    said = _opinion(opinion)
    if decide_on(session, KIND, request, Verdict.AGREED, opinion=said) is None:
        _approved(session, request)
    if request.state is ExportState.APPROVED:
        request.opinion = said
    session.flush()
    return request


def _approved(session: Session, request: ExportRequest) -> None:
    """The last word was yes."""
    open_for_writing(session, request)
    request.decided_by_id = actor().employee_id
    let(session, request)
    _tell(session, request, msg("Your export %(name)s has been approved. Please download it soon.", name=str(request)))


def _refused(session: Session, request: ExportRequest, opinion: str) -> None:
    """The last word was no; the person who asked reads why."""
    move(session, request, "refuse")
    request.opinion, request.decided_by_id, request.decided_at = opinion, actor().employee_id, now()
    _tell(session, request, msg("Your export %(name)s was refused: %(reason)s", name=str(request), reason=opinion))


def _taken_back(session: Session, request: ExportRequest) -> None:
    """Withdrawn in the inbox of approvals."""
    move(session, request, "withdraw")


def refuse_export(session: Session, request_id: int, version: int, opinion: str = "") -> ExportRequest:
    """Refuse, with a reason that the person who asked reads."""
    request = _to_decide(session, request_id, version)
    said = _opinion(opinion)
    if said is None:
        raise BadInput(fields={"opinion": msg("Please say why, so that the person knows what to do.")})
    if decide_on(session, KIND, request, Verdict.REJECTED, opinion=said) is None:
        _refused(session, request, said)
    session.flush()
    return request


def stop_export(session: Session, request_id: int, version: int) -> ExportRequest:
    """End somebody's calendar feed at once, as whoever may approve exports."""
    request = found_export(session, request_id)
    if not actor().may(RESOURCE, APPROVE):
        raise Forbidden(right=(RESOURCE, APPROVE))
    _demand_version(request, version)
    if request.state is not ExportState.FEEDING:
        raise Conflict(msg("This calendar feed is not in use."))
    move(session, request, "stop")
    request.token, request.why = "", msg("%(who)s has ended this calendar feed.", who=actor().name)
    _tell(session, request, request.why)
    session.flush()
    return request


def withdraw_export(session: Session, request_id: int, version: int) -> ExportRequest:
    """Take one's own wish back; a file that is there already is thrown away."""
    request = own_export(session, request_id)
    _demand_version(request, version)
    if request.state is ExportState.MAKING and request.job_id is not None:
        cancel_job(session, request.job_id)
    drop_case(session, KIND, request)
    move(session, request, "withdraw")
    request.token = ""
    forget(request)
    session.flush()
    return request


def expire_exports(session: Session) -> Iterator[ExportRequest]:
    """End what nobody fetched in time, and throw the files away; for the house, in one company."""
    overdue = (ExportRequest.state.in_(OPEN), ExportRequest.expires_at < now())
    for request in session.scalars(select(ExportRequest).where(*overdue)).all():
        move(session, request, "expire")
        request.token = ""
        forget(request)
        yield request


def _to_decide(session: Session, request_id: int, version: int) -> ExportRequest:
    who = actor()
    request = found_export(session, request_id)
    if not who.may(RESOURCE, APPROVE):
        raise Forbidden(right=(RESOURCE, APPROVE))
    if request.asked_by_id == who.employee_id:
        raise Forbidden(msg("You cannot decide on an export that you requested yourself."))
    _demand_version(request, version)
    open_for_writing(session, request)
    return request


def _demand_version(request: ExportRequest, version: int) -> None:
    if request.version != version:
        raise Conflict(msg("Something has happened to this export meanwhile. Please look at it again."))


def _opinion(text: str) -> str | None:
    opinion = " ".join(text.split())
    if len(opinion) > 500:
        raise BadInput(fields={"opinion": msg("Please shorten the text to %(limit)s characters.", limit=500)})
    return opinion or None


def let(session: Session, request: ExportRequest) -> None:
    """Approve the wish, and begin the hours in which it may be fetched."""
    moment = now()
    request.decided_at = moment
    request.expires_at = moment + timedelta(hours=parameter(session, HOURS))
    move(session, request, "approve")


def _tell(session: Session, request: ExportRequest, message: Any) -> None:
    notify(session, request.asked_by_id, message, f"/exports/{request.id}")


EXPORTING = ApprovalKind(
    KIND,
    msg("Export of data"),
    RESOURCE,
    ExportRequest,
    chain=(
        Step(
            msg("Approval of the export"),
            (Asked(Who.ROLE, role="leader_in_charge"), Asked(Who.ROLE, role="company_leader")),
        ),
    ),
    right="read",
    authors=lambda request: (request.asked_by_id,),
    content=lambda session, request: request.terms,
    on_approved=_approved,
    on_returned=_refused,
    on_rejected=_refused,
    on_withdrawn=_taken_back,
    by_hand=False,
    by_anybody=True,
    source="R-343",
)
"""How companies decide about exports, unless they set a chain of their own."""
