"""An export in words: as a row of the desk, and as a page with what may be done with it now."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, url_for
from sqlalchemy.orm import Session

from core.exports.feeds import fetches_of
from core.exports.leaving import told_number
from core.exports.models import ExportRequest
from core.exports.operations import APPROVE, RESOURCE
from core.exports.quotas import Quota
from core.exports.sources import all_sources
from core.exports.states import LIFECYCLE, ExportFormat, ExportState
from core.kernel.words import Message, counted, in_turn, labelled, listed, msg
from core.web import formats
from core.web.called import kind_and_number, names_of_records
from core.web.nouns import Nouns
from core.web.pages import Ask, FieldKind, FormField, Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.showing import record_url
from core.work.models import Job

FIELDS = {"opinion": msg("Opinion"), "reason": msg("Reason"), "format": msg("Format"), "file_name": msg("File name")}
WITHDRAWING = Ask(msg("Withdraw this export?"), msg("It has to be requested again."), msg("Withdraw"), msg("Keep it"))
ENDING = Ask(msg("End this calendar feed?"), msg("The address is dead at once."), msg("End the feed"), msg("Keep it"))


def state_tag(one: ExportRequest) -> Tag:
    """The state as a tag."""
    return Tag(one.state.label, Tone(one.state.tone))


def row_of(one: ExportRequest) -> SettingRow:
    """An export on the desk: its reason, whose it is, how many rows, and the step that comes next."""
    note = msg(
        "%(who)s, %(when)s: %(reason)s",
        who=one.asked_by.name if one.asked_by else "–",
        when=formats.exact_time(one.created_at),
        reason=one.reason,
    )
    if one.state is ExportState.REFUSED and one.opinion:
        note = msg("%(said)s (refused: %(reason)s)", said=note, reason=one.opinion)
    elif one.why is not None:
        note = msg("%(said)s (%(reason)s)", said=note, reason=one.why)
    return SettingRow(
        str(one),
        note,
        told_number(one.format, one.rows),
        url_for("ExportsView.show", pk=one.id),
        tags=(state_tag(one),),
        verbs=verbs_of(one)[:2],
        off=not LIFECYCLE.allowed(one.state),
    )


def verbs_of(one: ExportRequest) -> tuple[Verb, ...]:
    """What the person who looks may do with it now."""
    mine = one.asked_by_id == g.actor.employee_id
    found: list[Verb] = []
    if mine and one.state is ExportState.APPROVED and one.format is ExportFormat.ICS:
        found.append(Verb(msg("Show the address"), url_for("FeedsView.begin", pk=one.id), "calendar", _version(one), primary=True))
    elif mine and one.state in (ExportState.APPROVED, ExportState.READY):
        found.append(Verb(msg("Download"), url_for("ExportsView.download", pk=one.id), "download", primary=True))
    if not mine and one.state is ExportState.WAITING and g.actor.may(RESOURCE, APPROVE):
        found += [_decision(one, "approve", msg("Approve"), "check"), _decision(one, "refuse", msg("Refuse"), "x")]
    if not mine and one.state is ExportState.FEEDING and g.actor.may(RESOURCE, APPROVE):
        found.append(Verb(msg("End the feed"), url_for("FeedsView.end", pk=one.id), "x", _version(one), ask=ENDING, tone=Tone.BAD))
    if mine and any(step.verb == "withdraw" for step in LIFECYCLE.allowed(one.state)):
        label, sure = (msg("End the feed"), ENDING) if one.state is ExportState.FEEDING else (msg("Withdraw"), WITHDRAWING)
        found.append(Verb(label, _verb_url(one, "withdraw"), "x", _version(one), ask=sure))
    return tuple(found)


def _decision(one: ExportRequest, verb: str, label: Message, icon: str) -> Verb:
    opinion = FormField("opinion", FIELDS["opinion"], FieldKind.TEXTAREA, required=verb == "refuse", max_length=500, rows=2)
    tone = Tone.BAD if verb == "refuse" else Tone.IDLE
    return Verb(label, _verb_url(one, verb), icon, _version(one), fields=(opinion,), primary=verb == "approve", tone=tone)


def _verb_url(one: ExportRequest, verb: str) -> str:
    return url_for("ExportsView.decide", pk=one.id, verb=verb)


def _version(one: ExportRequest) -> tuple[tuple[str, str], ...]:
    return (("version", str(one.version)),)


def quota_group(quota: Quota) -> SettingGroup:
    """What is left of the day."""
    rows = (
        SettingRow(msg("Exports"), msg("of %(most)s today", most=f"{quota.most_requests:,}"), f"{quota.requests_left:,}"),
        SettingRow(msg("Rows"), msg("of %(most)s today", most=f"{quota.most_rows:,}"), f"{quota.rows_left:,}"),
        SettingRow(msg("Files of records"), msg("of %(most)s today", most=f"{quota.most_files:,}"), f"{quota.files_left:,}"),
        SettingRow(msg("Printed forms"), msg("of %(most)s today", most=f"{quota.most_prints:,}"), f"{quota.prints_left:,}"),
    )
    return SettingGroup(msg("Remaining today"), rows)


def export_page(session: Session, one: ExportRequest, says: tuple[Say, ...] = ()) -> SettingsPage:
    """Everything about one export."""
    back = Link(msg("Exports"), url_for("ExportsView.desk"))
    making = one.state is ExportState.MAKING
    return SettingsPage(
        title=str(one),
        crumbs=(back,),
        back=back,
        verbs=verbs_of(one),
        says=says or ((Say(one.why),) if one.why is not None else ()),
        groups=(_what(session, one), _who(one), _file(session, one)),
        again=url_for("ExportsView.show", pk=one.id) if making else "",
    )


def _what(session: Session, one: ExportRequest) -> SettingGroup:
    source = all_sources().get(one.source)
    fields = source.fields() if source is not None else {}
    nouns: Nouns = current_app.extensions["keguan"].nouns
    words = {path: noun.plural for path, noun in nouns.by_path.items()} | {name: field.label for name, field in fields.items()}
    labels = listed(words.get(name, name) for name in one.columns)
    conditions = source.told(session, [(name, value) for name, value in one.asked]) if source is not None else ()
    told: Any = in_turn(labelled(label, value) for label, value in conditions) if conditions else ""
    href = ""
    if one.record_id is not None:
        called, href = _record(session, one)
        told = in_turn((told, called)) if told else msg("One record in the layout of its form: %(record)s", record=called)
    list_row = SettingRow(msg("List"), "", source.title if source is not None else one.source)
    conditions_row = SettingRow(msg("Conditions"), told or msg("The whole list"), href=href)
    rows = (SettingRow(msg("Columns"), labels), SettingRow(msg("Rows when it was requested"), "", f"{one.rows:,}"))
    if one.format is ExportFormat.ICS:
        rows = (SettingRow(msg("Kinds of days"), labels), SettingRow(msg("Entries when it was requested"), "", f"{one.rows:,}"))
    if one.format is ExportFormat.ZIP:
        rows = (
            SettingRow(msg("Files when it was requested"), "", f"{one.rows:,}"),
            SettingRow(msg("Check sum of the set of files (SHA-256)"), one.contents),
        )
    return SettingGroup(msg("What is exported"), (list_row, conditions_row, *rows, SettingRow(msg("Format"), "", one.format.label)))


def _record(session: Session, one: ExportRequest) -> tuple[Message | str, str]:
    """What the printed record is called and where it is, for whoever sees it; its kind and number else."""
    nouns: Nouns = current_app.extensions["keguan"].nouns
    source = all_sources().get(one.source)
    noun = nouns.by_table.get(source.model.__tablename__) if source is not None else None
    if noun is None or one.record_id is None:
        return msg("no. %(number)s", number=one.record_id), ""
    names = names_of_records(session, nouns, [(noun.model.__tablename__, one.record_id)])
    if not names:
        return kind_and_number(noun.title, one.record_id), ""
    return next(iter(names.values())) or kind_and_number(noun.title, one.record_id), record_url(noun, one.record_id)


def _who(one: ExportRequest) -> SettingGroup:
    asked = msg("%(who)s, %(when)s", who=one.asked_by.name if one.asked_by else "–", when=formats.exact_time(one.created_at))
    rows: list[Any] = [SettingRow(msg("Reason"), one.reason), SettingRow(msg("Asked for by"), asked, tags=(state_tag(one),))]
    if one.decided_at is not None:
        who: Any = one.decided_by.name if one.decided_by is not None else msg("no approval needed")
        rows.append(SettingRow(msg("Approved or refused by"), msg("%(who)s, %(when)s", who=who, when=formats.exact_time(one.decided_at))))
    if one.opinion:
        rows.append(SettingRow(msg("Opinion"), one.opinion))
    if one.expires_at is not None:
        until = msg("Alive until") if one.state is ExportState.FEEDING else msg("To be downloaded until")
        rows.append(SettingRow(until, formats.exact_time(one.expires_at)))
    return SettingGroup(msg("Reason and decision"), tuple(rows))


def told_so_far(form: ExportFormat, done: int) -> Message:
    """How far the making has come."""
    if form is ExportFormat.ZIP:
        return counted("%(count)s file so far", "%(count)s files so far", done)
    return counted("%(count)s row so far", "%(count)s rows so far", done)


def _feed(session: Session, one: ExportRequest) -> SettingGroup:
    if one.state is not ExportState.FEEDING:
        return SettingGroup(msg("Calendar feed"), (), msg("There is no address yet, or it has ended."))
    row = SettingRow(msg("Fetches today"), "", f"{fetches_of(session, [one.id]).get(one.id, 0):,}")
    return SettingGroup(msg("Calendar feed"), (row,))


def _file(session: Session, one: ExportRequest) -> SettingGroup:
    if one.format is ExportFormat.ICS:
        return _feed(session, one)
    if one.state is ExportState.MAKING:
        job = session.get(Job, one.job_id) if one.job_id is not None else None
        done, total = (job.done, job.total or one.rows) if job is not None else (0, one.rows)
        share = min(99, done * 100 // max(total, 1))
        return SettingGroup(
            msg("File"),
            (SettingRow(msg("File is being made"), told_so_far(one.format, done), f"{share}%", share=share),),
        )
    if not one.sha256:
        return SettingGroup(msg("File"), (), msg("There is no file yet."))
    rows = [
        SettingRow(msg("Files") if one.format is ExportFormat.ZIP else msg("Rows"), "", f"{one.written:,}"),
        SettingRow(msg("Size of the file"), "", formats.size(one.size)),
        SettingRow(msg("Check sum (SHA-256)"), one.sha256),
    ]
    if one.fetched_at is not None:
        rows.append(SettingRow(msg("Downloaded at"), formats.exact_time(one.fetched_at)))
    return SettingGroup(msg("File"), tuple(rows))
