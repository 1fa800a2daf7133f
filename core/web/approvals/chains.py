"""Chains of the company: which documents need approval, by whom, from which amount on; with a preview of who would decide (R-489)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.access.guard import as_system
from core.approvals import operations as do
from core.approvals.chains import Chain, chain_of, kind_called, kinds_on, passed
from core.approvals.models import ApprovalChain
from core.approvals.people import first_without
from core.database.fields import Field
from core.extension.approving import ApprovalKind, Needs, Step
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import Message, msg
from core.organisation.models import Employee
from core.web import formats
from core.web.access import needs
from core.web.approvals.chain_forms import asked_options, condition_options, forms_of, number, typed_amount, typed_steps
from core.web.approvals.showing import who_would
from core.web.going import go
from core.web.pages import (
    ChainPage,
    Link,
    Option,
    Say,
    SettingGroup,
    SettingRow,
    SettingsPage,
    SignatureCell,
    Signatures,
    Tag,
    Text,
    Tone,
)
from core.web.shell import say
from core.web.showing import form_field, texts_of
from core.web.views import PluginView

FILLER = Field("reference", msg("Submitted by"), "filler", target="core_employee")
AMOUNT = Field("money", msg("Amount"), "preview_amount")
KEPT = 10  # earlier chains that are told


class ChainsView(PluginView):
    """One page for each kind of document."""

    route_base = "/approval-chains"
    resource = "core.approval_chain"

    @expose("/")
    @needs("read")
    def chains(self) -> Response:
        """All kinds of the modules that are on, with their steps."""
        rows = tuple(self._row(kind) for kind in kinds_on(g.actor.modules))
        page = SettingsPage(
            title=msg("Approval chains"),
            lead=msg(
                "Which documents need approval, and by whom. A change holds for what is submitted later; what runs goes on as it began."
            ),
            groups=(SettingGroup(msg("Kinds of documents"), rows, msg("No module names a document that could need approval.")),),
        )
        return self.page(page)

    def _row(self, kind: ApprovalKind) -> SettingRow:
        chain = chain_of(self.session, kind)
        told: Text = str(msg(" → ")).join(str(step.title) for step in chain.steps) or msg("No approval needed")
        tag = Tag(msg("set by the company"), Tone.NOTE) if chain.number else Tag(msg("default"))
        return SettingRow(kind.title, told, href=url_for("ChainsView.chain", name=kind.name), code=kind.source, tags=(tag,))

    @expose("/<string:name>")
    @needs("read")
    def chain(self, name: str) -> Response:
        """The steps in force, and what held before."""
        kind = kind_called(name)
        chain = chain_of(self.session, kind)
        return self._page(kind, chain.number, chain.steps)

    def _page(
        self,
        kind: ApprovalKind,
        number_seen: int,
        steps: tuple[Step, ...],
        error: KeguanError | None = None,
        found: Signatures | None = None,
    ) -> Response:
        may = g.actor.may(self.resource, "update")
        page = ChainPage(
            title=kind.title,
            crumbs=(Link(msg("Approval chains"), url_for("ChainsView.chains")),),
            back=Link(msg("Approval chains"), url_for("ChainsView.chains")),
            lead=msg(
                "Steps follow each other; those whom a step asks decide side by side. The filler, and who has signed, are passed over."
            ),
            action=url_for("ChainsView.set", name=kind.name),
            number=number_seen,
            steps=forms_of(self.session, self.nouns, steps),
            needs=tuple(Option(one.value, one.label) for one in Needs),
            asked=asked_options(self.session),
            conditions=condition_options(kind),
            may_change=may,
            preview=self._preview_fields(),
            found=found,
            older=self._older(kind),
            says=(Say(_sentence(error)),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _preview_fields(self) -> tuple[Any, ...]:
        sent = {"filler": request.form.get("filler", "")}
        texts = texts_of(self.session, self.nouns, {"filler": FILLER}, sent)
        return (
            replace(form_field(self.nouns, FILLER, sent["filler"], shown=texts.get("filler", "")), create=None),
            form_field(self.nouns, AMOUNT, request.form.get("preview_amount", "")),
        )

    def _older(self, kind: ApprovalKind) -> tuple[Text, ...]:
        asked = select(ApprovalChain).where(ApprovalChain.kind == kind.name).options(selectinload(ApprovalChain.set_by))
        found = self.session.scalars(asked.order_by(ApprovalChain.number.desc()).limit(KEPT))
        return tuple(
            msg(
                "No. %(number)s, set by %(who)s on %(day)s, %(count)s steps",
                number=one.number,
                who=one.set_by.name if one.set_by is not None else msg("System"),
                day=formats.exact_time(one.created_at),
                count=len(one.steps),
            )
            for one in found
        )

    @expose("/<string:name>", methods=["POST"])
    @needs("update")
    def set(self, name: str) -> Response:
        """Let the typed steps hold from now on."""
        kind, steps = kind_called(name), tuple[Step, ...]()
        try:
            steps = typed_steps(request.form)
            self.use_case(lambda session: do.set_chain(session, name, number(request.form.get("number", "")), steps))
        except (BadInput, Conflict) as error:
            return self._page(kind, number(request.form.get("number", "")), steps, error)
        say(msg("The chain holds for what is submitted from now on."))
        return go(url_for("ChainsView.chain", name=name))

    @expose("/<string:name>/preview", methods=["POST"])
    @needs("read")
    def preview(self, name: str) -> Response:
        """Who would decide about a document that one describes, by the steps as they are typed; nothing is changed."""
        kind, chain = kind_called(name), Chain(0, ())
        seen = number(request.form.get("number", ""))
        try:
            chain = Chain(seen, typed_steps(request.form))
            found = self._found(kind, chain)
        except BadInput as error:
            return self._page(kind, seen, chain.steps, error)
        return self._page(kind, seen, chain.steps, found=found)

    def _found(self, kind: ApprovalKind, chain: Chain) -> Signatures:
        filler = self.session.get(Employee, number(request.form.get("filler", "")))
        if filler is None:
            raise BadInput(msg("Please choose who would submit the document."))
        field, _, value = request.form.get("preview_when", "").partition("=")
        steps = passed(chain.steps, typed_amount(request.form, "preview_amount"), {field: value})
        with as_system(self.session, "who would decide about a described document"):
            cells = tuple(
                SignatureCell(step.title, who_would(self.session, step, filler, frozenset({filler.id})), msg("to come")) for step in steps
            )
            missing = first_without(self.session, steps, filler, {filler.id})
        note: Message = msg("This document would need no approval.") if not steps else msg("So it would go today.")
        if missing is not None:
            note = msg("“%(step)s” would find nobody of its own; the document could not be submitted.", step=missing.title)
        return Signatures(title=msg("Who would decide"), cells=cells, note=note)


def _sentence(error: KeguanError) -> Message:
    return next(iter(error.fields.values()), error.message) if isinstance(error, BadInput) else error.message
