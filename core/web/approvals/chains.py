"""Chains of the company: which documents need approval, by whom, from which amount on; with a preview of who would decide (R-489)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from core.approvals import operations as do
from core.approvals.chains import Chain, chain_of, chains_of, kind_called, kinds_on
from core.approvals.gaps import Outlook, outlook
from core.approvals.models import ApprovalChain
from core.extension.approving import ApprovalKind, Needs, Step
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import Message, counted, msg
from core.web import formats
from core.web.access import needs
from core.web.approvals.chain_forms import asked_options, condition_options, forms_of, number, typed_steps
from core.web.approvals.chain_preview import preview_fields, would_decide
from core.web.going import go
from core.web.pages import (
    ChainPage,
    Link,
    Option,
    Say,
    SettingGroup,
    SettingRow,
    SettingsPage,
    Signatures,
    Tag,
    Text,
    Tone,
)
from core.web.shell import say
from core.web.views import PluginView

KEPT = 10  # earlier chains that are told


class ChainsView(PluginView):
    """One page for each kind of document."""

    route_base = "/approval-chains"
    resource = "core.approval_chain"

    @expose("/")
    @needs("read")
    def chains(self) -> Response:
        """All kinds of the modules that are on, with their steps."""
        kinds = kinds_on(g.actor.modules)
        chains, found = chains_of(self.session, kinds), outlook(self.session, kinds)
        rows = {kind.name: _row(kind, chains[kind.name], _gap_tags(found, kind)) for kind in kinds}
        documents, changes = ([rows[kind.name] for kind in kinds if bool(kind.changes) is wanted] for wanted in (False, True))
        page = SettingsPage(
            title=msg("Approval chains"),
            lead=msg("Which documents need approval, and by whom. A change applies to later submissions alone."),
            groups=(
                SettingGroup(msg("Kinds of documents"), tuple(documents), msg("No module has documents that could need approval.")),
                SettingGroup(msg("Changes of key data"), tuple(changes), msg("No module has records with key data.")),
            ),
        )
        return self.page(page)

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
            lead=msg("The people of one step decide in parallel. Whoever filled in the document or has signed it already is skipped."),
            action=url_for("ChainsView.set", name=kind.name),
            number=number_seen,
            steps=forms_of(self.session, self.nouns, steps),
            needs=tuple(Option(one.value, one.label) for one in Needs),
            asked=asked_options(self.session),
            conditions=condition_options(kind),
            may_change=may,
            preview=preview_fields(self.session, self.nouns, kind),
            found=found,
            older=self._older(kind),
            says=(Say(_sentence(error)),) if error else () if found else tuple(_warnings(self.session, kind)),
        )
        return self.page(page, error.status if error else 200)

    def _older(self, kind: ApprovalKind) -> tuple[Text, ...]:
        asked = select(ApprovalChain).where(ApprovalChain.kind == kind.name).options(selectinload(ApprovalChain.set_by))
        found = self.session.scalars(asked.order_by(ApprovalChain.number.desc()).limit(KEPT))
        return tuple(
            msg(
                "No. %(number)s, set by %(who)s on %(day)s, %(steps)s",
                number=one.number,
                who=one.set_by.name if one.set_by is not None else msg("System"),
                day=formats.exact_time(one.created_at),
                steps=counted("%(count)s step", "%(count)s steps", len(one.steps)),
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
        say(msg("The chain applies to what is submitted from now on."))
        return go(url_for("ChainsView.chain", name=name))

    @expose("/<string:name>/preview", methods=["POST"])
    @needs("read")
    def preview(self, name: str) -> Response:
        """Who would decide about a document that one chooses or describes, by the steps as they are typed; nothing is changed."""
        kind, chain = kind_called(name), Chain(0, ())
        seen = number(request.form.get("number", ""))
        try:
            may = g.actor.may(self.resource, "update")  # whoever may not change the steps is shown those in force
            chain = Chain(seen, typed_steps(request.form)) if may else chain_of(self.session, kind)
            found = would_decide(self.session, kind, chain.steps)
        except BadInput as error:
            return self._page(kind, seen, chain.steps, error)
        return self._page(kind, seen, chain.steps, found=found)


def _row(kind: ApprovalKind, chain: Chain, further: Sequence[Tag]) -> SettingRow:
    told: Text = str(msg(" → ")).join(str(step.title) for step in chain.steps) or msg("No approval needed")
    tag = Tag(msg("set by the company"), Tone.NOTE) if chain.number else Tag(msg("default"))
    return SettingRow(kind.title, told, href=url_for("ChainsView.chain", name=kind.name), tags=(tag, *further))


def _gap_tags(found: Outlook, kind: ApprovalKind) -> tuple[Tag, ...]:
    """Whether the chain in force finds somebody for everybody."""
    if count := len(found.departments(kind)):
        return (Tag(counted("nobody can decide in %(count)s department", "nobody can decide in %(count)s departments", count), Tone.BAD),)
    people = {one for gap in found.of(kind) for one in gap.people}
    return (
        (
            Tag(
                counted("nobody else can decide for %(count)s person", "nobody else can decide for %(count)s people", len(people)),
                Tone.WAIT,
            ),
        )
        if people
        else ()
    )


def _warnings(session: Session, kind: ApprovalKind) -> Iterator[Say]:
    """Steps of the chain in force for which nobody is left."""
    return (Say(one, Tone.WAIT) for one in outlook(session, (kind,)).sentences(kind))


def _sentence(error: KeguanError) -> Message:
    return next(iter(error.fields.values()), error.message) if isinstance(error, BadInput) else error.message
