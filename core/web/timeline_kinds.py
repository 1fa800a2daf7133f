"""What the host itself tells on the timeline of every record: changes, files, mails, approvals, and notices about it to the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import func, or_, select

from core.access.field_rights import UNSEEN
from core.approvals.models import ApprovalCase, ApprovalSeat, Verdict
from core.audit.aside import opened
from core.audit.models import AuditRow
from core.audit.reads import READS
from core.audit.statements import KEEP_UP
from core.database.fields import Field
from core.database.records import naming
from core.database.references import class_of
from core.database.sentences import said
from core.database.together import Kind, Told, ToldRow, read_together, told
from core.extension.exchange import TimelineEntry
from core.kernel.acting import actor
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web import formats
from core.web.files import icon_of
from core.web.history import NOTHING, changes_in_words, why_told, word
from core.web.nouns import Noun
from core.web.pages import FileChip
from core.web.showing import view_name
from core.web.trail_words import action_told, who_told
from core.work.comments import ANCHOR
from core.work.file_types import MAIL
from core.work.filed_mail import FiledMail, known_mail
from core.work.models import Attachment, Comment, Notice

CHANGES = Kind("changes", msg("Changes"))
COMMENTS = Kind("comments", msg("Comments"))
FILES = Kind("files", msg("Files"))
MAILS = Kind("mails", msg("E-mails"))
APPROVALS = Kind("approvals", msg("Approvals"))
NOTICES = Kind("notices", msg("Notices"))
OTHER = Kind("other", msg("Other"))
ADDRESSEES = 3
"""So many people who got a mail are named."""


@dataclass(frozen=True)
class OwnEntry(TimelineEntry):
    """An entry of the host: with files, with the ``row`` of a change that waits for its words, as few of all entries are shown, or with
    the ``anchor`` that a notice leads to.
    """

    files: tuple[FileChip, ...] = ()
    row: AuditRow | None = None
    anchor: str = ""


def changes_told(noun: Noun, record: Any, *, alone: bool) -> Sequence[Told]:
    """What the trail says was done to the record that has this id now; who has looked at it stands in its history.

    What it merely repeats of other records is told by those; what the plugin tells itself is told by it, unless changes ``alone`` are
    asked for.
    """
    unsaid = (*READS, KEEP_UP, *(() if alone else noun.told_apart))
    mine = (AuditRow.table_name == noun.model.__tablename__, AuditRow.record_id == record.id)
    gone = select(func.coalesce(func.max(AuditRow.id), 0)).where(*mine, AuditRow.action == "delete").scalar_subquery()
    rows = told(AuditRow.id, AuditRow.action, AuditRow.changes, AuditRow.reason, AuditRow.approved_by, at=AuditRow.at, who=AuditRow.who)
    rows = rows.where(*mine, AuditRow.id > gone, AuditRow.action.not_in(unsaid)).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    return [Told(rows, partial(_changed, noun, record), CHANGES)]


def _changed(noun: Noun, record: Any, row: ToldRow) -> TimelineEntry:
    action, changes, reason, approved_by = row.texts
    assert row.at is not None
    stored = AuditRow(
        company_id=record.company_id,
        table_name=noun.model.__tablename__,
        record_id=record.id,
        action=action,
        changes=changes,
        reason=reason,
        approved_by=approved_by,
    )
    icon = "edit" if action == "update" else "point"
    who = str(who_told(row.who or ""))
    return OwnEntry(row.at, who, action_told(action or "", noun), icon, body=str(why_told(stored)), kind=CHANGES, row=stored)


def in_words(session: Any, noun: Noun, entries: Sequence[Any]) -> list[Any]:
    """The entries that are shown, with the words for what was changed: names of all references by one statement."""
    changes = {
        place: {name: both for name, both in opened(session, entry.row).items() if isinstance(both, list) and len(both) == 2}
        for place, entry in enumerate(entries)
        if isinstance(entry, OwnEntry) and entry.row is not None and entry.row.action != "create"
    }
    say = partial(_named, session, _names(session, noun, changes.values()))
    return [
        TimelineEntry(
            entry.at, entry.who, entry.what, entry.icon, entry.tone, entry.body, changes=changes_in_words(noun.model, changes[place], say)
        )
        if place in changes
        else entry
        for place, entry in enumerate(entries)
    ]


def _names(session: Any, noun: Noun, changes: Iterable[dict[str, list[Any]]]) -> dict[tuple[str, int], str]:
    """What the records are called that references lead or led to, as far as the person sees them."""
    wanted: dict[str, set[int]] = {}
    for one in changes:
        for name, declared in noun.fields.items():
            ids = {value for value in one.get(f"{name}_id", ()) if isinstance(value, int)} if declared.kind == "reference" else set()
            wanted.setdefault(declared.target, set()).update(ids) if ids else None
    kinds = []
    for table, ids in wanted.items():
        model: Any = class_of(AuditRow, table)
        if naming(model) is not None:
            kinds.append(Told(told(model.id, naming(model)).where(model.id.in_(sorted(ids))), partial(_name, table)))
    return dict(read_together(session, kinds, sum(map(len, wanted.values()))))


def _name(table: str, row: ToldRow) -> tuple[tuple[str, int], str]:
    return (table, row.id), row.texts[0] or NOTHING


def _named(session: Any, names: dict[tuple[str, int], str], declared: Field, value: Any) -> Any:
    if declared.kind == "reference" and value not in (None, "") and naming(class_of(AuditRow, declared.target)) is not None:
        return names.get((declared.target, value), UNSEEN)
    return word(session, declared, value)


def comments_told(noun: Noun, record: Any) -> Sequence[Told]:
    """What was written on the record that has this id now; asked for as the house, because comments are seen with their record alone."""
    rows = told(Comment.id, Comment.text, Attachment.id, Attachment.name, Attachment.size, at=Comment.created_at, who=Employee.name)
    rows = rows.join(Employee, Employee.id == Comment.author_id).outerjoin(Attachment, Attachment.id == Comment.attachment_id)
    mine = (Comment.table_name == noun.model.__tablename__, Comment.record_id == record.id, Comment.created_at >= record.created_at)
    return [Told(rows.where(*mine).order_by(Comment.created_at.desc(), Comment.id.desc()), partial(_written, noun, record.id), COMMENTS)]


def _written(noun: Noun, record_id: int, row: ToldRow) -> TimelineEntry:
    text, file_id, name, size = row.texts
    assert row.at is not None
    files = (_chip(noun, record_id, int(file_id), name or "", size),) if file_id is not None else ()
    who, anchor = row.who or "–", f"{ANCHOR}{row.id}"
    return OwnEntry(row.at, who, msg("wrote a comment"), "message", "run", text or "", files=files, kind=COMMENTS, anchor=anchor)


def _chip(noun: Noun, record_id: int, file_id: int, name: str, size: str | None, icon: str = "paperclip") -> FileChip:
    return FileChip(name, url_for(f"{view_name(noun)}.file", pk=record_id, file_id=file_id), formats.size(int(size or 0)), icon)


def files_told(noun: Noun, record: Any, *, alone: bool) -> Sequence[Told]:
    """Files that were attached, and mails, as the house; what came with a comment stands with it, unless files ``alone`` are asked for."""
    rows = told(Attachment.id, Attachment.name, Attachment.media_type, Attachment.size, at=Attachment.created_at, who=Employee.name)
    rows = rows.outerjoin(Employee, Employee.id == Attachment.added_by_id).order_by(Attachment.created_at.desc(), Attachment.id.desc())
    mine = (Attachment.table_name == noun.model.__tablename__, Attachment.record_id == record.id)
    plain = () if alone else (Attachment.id.not_in(_with_comments(noun, record)),)
    mails = told(Attachment.id, Attachment.name, Attachment.sha256, at=Attachment.created_at, who=Employee.name)
    mails = mails.outerjoin(Employee, Employee.id == Attachment.added_by_id).order_by(Attachment.created_at.desc(), Attachment.id.desc())
    return [
        Told(rows.where(*mine, *plain, Attachment.media_type != MAIL), partial(_attached, noun, record.id), FILES),
        Told(mails.where(*mine, Attachment.media_type == MAIL), partial(_filed, noun, record), MAILS),
    ]


def _filed(noun: Noun, record: Any, row: ToldRow) -> TimelineEntry:
    """A mail by its subject, who wrote it to whom, and when; by the name of its file where its words have to be read again first."""
    name, sha256, *_ = row.texts
    assert row.at is not None
    mail = known_mail(record.company_id, sha256 or "")
    door = url_for(f"{view_name(noun)}.preview", pk=record.id, file_id=row.id)
    body = _mail_in_words(mail) if mail else name or ""
    return OwnEntry(row.at, row.who or "–", msg("filed an e-mail"), "mail", body=body, url=door, kind=MAILS)


def _mail_in_words(mail: FiledMail) -> str:
    people = [one.shown for one in (mail.sender, *mail.to[:ADDRESSEES]) if one is not None]
    way = " → ".join((people[0], str(msg(", ")).join(people[1:]))) if len(people) > 1 else "".join(people)
    sent = formats.exact_time(mail.sent_at) if mail.sent_at else ""
    return "\n".join(line for line in (mail.subject, " · ".join(part for part in (way, sent) if part)) if line)


def _with_comments(noun: Noun, record: Any) -> Any:
    mine = (Comment.table_name == noun.model.__tablename__, Comment.record_id == record.id, Comment.attachment_id.is_not(None))
    return select(Comment.attachment_id).where(*mine)


def _attached(noun: Noun, record_id: int, row: ToldRow) -> TimelineEntry:
    name, media_type, size, _ = row.texts
    assert row.at is not None
    chip = _chip(noun, record_id, row.id, name or "", size, icon_of(media_type or ""))
    return OwnEntry(row.at, row.who or "–", msg("attached a file"), "paperclip", files=(chip,), kind=FILES)


def approvals_told(noun: Noun, record: Any) -> Sequence[Told]:
    """Submissions and decisions, of those cases that the person sees."""
    mine = (ApprovalCase.table_name == noun.model.__tablename__, ApprovalCase.record_id == record.id)
    sent = told(ApprovalCase.id, ApprovalCase.note, at=ApprovalCase.created_at, who=Employee.name)
    sent = sent.join(Employee, Employee.id == ApprovalCase.filler_id).where(*mine)
    decided = told(ApprovalCase.id, ApprovalSeat.verdict, ApprovalSeat.opinion, at=ApprovalSeat.decided_at, who=Employee.name)
    decided = decided.join(ApprovalSeat, ApprovalSeat.case_id == ApprovalCase.id).join(Employee, Employee.id == ApprovalSeat.decided_by_id)
    decided = decided.where(*mine, ApprovalSeat.decided_at.is_not(None))
    return [
        Told(sent.order_by(ApprovalCase.created_at.desc(), ApprovalCase.id.desc()), _submitted, APPROVALS),
        Told(decided.order_by(ApprovalSeat.decided_at.desc(), ApprovalSeat.id.desc()), _decided, APPROVALS),
    ]


def _submitted(row: ToldRow) -> TimelineEntry:
    assert row.at is not None
    door = url_for("ApprovalsView.show", pk=row.id)
    return TimelineEntry(row.at, row.who or "–", msg("submitted it for approval"), "send", "wait", row.texts[0] or "", door, kind=APPROVALS)


def _decided(row: ToldRow) -> TimelineEntry:
    verdict = Verdict(row.texts[0] or "")
    assert row.at is not None
    door = url_for("ApprovalsView.show", pk=row.id)
    return TimelineEntry(row.at, row.who or "–", verdict.label, "rubber-stamp", verdict.tone, row.texts[1] or "", door, kind=APPROVALS)


def notices_told(noun: Noun, record: Any) -> Sequence[Told]:
    """What the person was told about this record; nobody reads the notices of others."""
    path = f"/{noun.path}/{record.id}"
    rows = told(Notice.id, Notice.message, at=Notice.created_at)
    mine = (Notice.employee_id == actor().employee_id, or_(Notice.url == path, Notice.url.startswith(f"{path}?", autoescape=True)))
    return [Told(rows.where(*mine).order_by(Notice.created_at.desc(), Notice.id.desc()), _told_to_me, NOTICES)]


def _told_to_me(row: ToldRow) -> TimelineEntry:
    assert row.at is not None
    what = said(row.texts[0] or "")
    return TimelineEntry(row.at, "", what if isinstance(what, Message) else Message(what), "bell", kind=NOTICES)
