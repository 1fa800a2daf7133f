"""Who would decide: about a document that exists and that one sees, or about one that one describes (R-489)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.field_rights import access_to, knows_name
from core.access.guard import as_system
from core.approvals.chains import passed, stored_text
from core.approvals.operations.chain_setting import offered_fields
from core.approvals.people import first_without, kept_out
from core.approvals.queries import latest_case
from core.database.covering import OPEN
from core.database.fields import Field, fields_of
from core.extension.approving import CHANGED, ApprovalKind, Step
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web.approvals.chain_forms import number, typed_amount
from core.web.approvals.showing import NOT_REACHED, who_would
from core.web.called import kind_and_number
from core.web.nouns import Nouns
from core.web.pages import FieldKind, FormField, Option, SignatureCell, Signatures
from core.web.showing import form_field, texts_of

FILLER = Field("reference", msg("Submitted by"), "filler", target="core_employee")
AMOUNT = Field("money", msg("Amount"), "preview_amount")
DOCUMENT, DOCUMENT_HELP = msg("Document"), msg("One that is there already; or describe one beside.")
OFFERED = 50  # documents of a kind without pages of its own, newest first


@dataclass(frozen=True)
class Looked:
    """What the chain looks at: who submits, who else has made the document, its amount in yuan and the fields of conditions."""

    filler: Employee
    authors: frozenset[int]
    amount: Decimal | None
    values: dict[str, str]


def preview_fields(session: Session, nouns: Nouns, kind: ApprovalKind) -> tuple[FormField, ...]:
    """What the preview asks for; a document only where the person may read such documents at all."""
    sent = {name: request.form.get(name, "") for name in ("document", "filler")}
    described = (
        replace(_reference(session, nouns, FILLER, sent["filler"]), create=None),
        form_field(nouns, AMOUNT, request.form.get("preview_amount", "")),
    )
    if not g.actor.may(kind.resource, "read"):
        return described
    document = Field("reference", DOCUMENT, "document", target=kind.model.__tablename__, help=DOCUMENT_HELP)
    if kind.model.__tablename__ in nouns.by_table:
        return (replace(_reference(session, nouns, document, sent["document"]), create=None), *described)
    newest = session.scalars(select(kind.model).order_by(kind.model.id.desc()).limit(OFFERED))
    options = tuple(
        Option(str(one.id), str(one) if knows_name(g.actor, kind.model) else kind_and_number(kind.title, one.id)) for one in newest
    )
    return (FormField("document", DOCUMENT, FieldKind.CHOICE, sent["document"], help=DOCUMENT_HELP, options=options), *described)


def _reference(session: Session, nouns: Nouns, field: Field, sent: str) -> FormField:
    return form_field(nouns, field, sent, shown=texts_of(session, nouns, {field.name: field}, {field.name: sent}).get(field.name, ""))


def would_decide(session: Session, kind: ApprovalKind, chain: Iterable[Step]) -> Signatures:
    """The steps that what was chosen or described would pass, with the names of today; raises :class:`BadInput` with what is missing."""
    steps = tuple(chain)
    looked = _chosen(session, kind, steps) if request.form.get("document") else _described(session)
    with as_system(session, "who would decide about a document that may be seen"):
        barred = looked.authors | {looked.filler.id} | kept_out(session, kind.model.__tablename__)
        left = passed(steps, looked.amount, {**looked.values, **_changed(kind)})
        cells = tuple(SignatureCell(step.title, who_would(session, step, looked.filler, barred), NOT_REACHED) for step in left)
        missing = first_without(session, left, looked.filler, barred)
    note: Message = msg("This document would need no approval.") if not left else msg("This is how it would go today.")
    if missing is not None:
        note = msg("“%(step)s” would find nobody of its own; the document could not be submitted.", step=missing.title)
    return Signatures(title=msg("Who would decide"), cells=cells, note=note)


def _changed(kind: ApprovalKind) -> dict[str, str]:
    """Which key field would be changed, where the kind is about changes and one was named."""
    field, _, value = request.form.get("preview_when", "").partition("=")
    return {CHANGED: value} if kind.changes and field == CHANGED else {}


def _described(session: Session) -> Looked:
    filler = session.get(Employee, number(request.form.get("filler", "")))
    if filler is None:
        raise BadInput(msg("Please choose who would submit the document."))
    field, _, value = request.form.get("preview_when", "").partition("=")
    return Looked(filler, frozenset(), typed_amount(request.form, "preview_amount"), {field: value})


def _chosen(session: Session, kind: ApprovalKind, steps: Collection[Step]) -> Looked:
    """What is so of a document that the person sees; nothing that he or she may not read of it can be asked for by a typed condition."""
    record = session.get(kind.model, number(request.form["document"])) if g.actor.may(kind.resource, "read") else None
    if record is None:
        raise BadInput(msg("Please choose a document that you may see."))
    _demand_readable(kind, steps)
    with as_system(session, "who would decide about a document that may be seen"):
        authors = [one for one in kind.authors(record) if one is not None]
        latest = latest_case(session, kind, record.id)
        filler_id = number(request.form.get("filler", "")) or (latest.filler_id if latest is not None else next(iter(authors), 0))
        filler = session.get(Employee, filler_id)
        values = {step.field: stored_text(record, step.field) for step in steps if step.field}
        amount = kind.amount(record)
    if filler is None:
        raise BadInput(msg("Please choose who would submit the document."))
    return Looked(filler, frozenset(authors), amount, values)


def _demand_readable(kind: ApprovalKind, steps: Collection[Step]) -> None:
    """Steps are typed by whoever asks: an amount or a condition would tell what a hidden field holds, bit by bit."""
    declared = fields_of(kind.model)
    looked_at = {step.field for step in steps if step.field}
    if any(step.from_amount is not None for step in steps):
        looked_at |= {name for name, one in declared.items() if one.kind == "money"}
    if any(access_to(g.actor, kind.model, name) not in OPEN for name in looked_at if name in declared):
        raise BadInput(msg("The chain looks at a field that you may not read. Please describe the document instead."))
    for place, step in enumerate(steps, 1):
        if step.field and step.field not in (*offered_fields(kind), *([CHANGED] if kind.changes else [])):
            raise BadInput(msg("Step %(place)s has a condition on a field that this document does not offer.", place=place))
