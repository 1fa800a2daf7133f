"""Chains of the company: which documents need approval, by whom, from which amount on; with a preview of who would decide (R-489)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.approvals import operations as do
from core.approvals.chains import Chain, chain_of, chains_of, in_force, kind_called, kinds_on, latest_chains
from core.approvals.gaps import Outlook, outlook
from core.approvals.models import ApprovalChain
from core.extension.approving import ApprovalKind, Needs
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import Message, counted, msg
from core.web import formats
from core.web.access import needs
from core.web.approvals.chain_forms import asked_options, condition_options, forms_of, number, roles_of, typed_steps
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
        chains = chains_of(self.session, kinds)
        found = outlook(self.session, kinds, chains)
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
        return self._page(kind_called(name))

    def _page(
        self, kind: ApprovalKind, typed: Chain | None = None, error: KeguanError | None = None, found: Signatures | None = None
    ) -> Response:
        """The steps as they were typed, else those in force."""
        may = g.actor.may(self.resource, "update")
        older, roles = latest_chains(self.session, kind, KEPT), roles_of(self.session)
        holds = in_force(kind, older[0] if older else None)
        shown = typed or holds
        page = ChainPage(
            title=kind.title,
            crumbs=(Link(msg("Approval chains"), url_for("ChainsView.chains")),),
            back=Link(msg("Approval chains"), url_for("ChainsView.chains")),
            lead=msg("The people of one step decide in parallel. Whoever filled in the document or has signed it already is skipped."),
            action=url_for("ChainsView.set", name=kind.name),
            number=shown.number,
            steps=forms_of(self.session, self.nouns, shown.steps, roles),
            needs=tuple(Option(one.value, one.label) for one in Needs),
            asked=asked_options(roles),
            conditions=condition_options(kind),
            may_change=may,
            preview=preview_fields(self.session, self.nouns, kind),
            found=found,
            older=tuple(_told(one) for one in older),
            says=(Say(_sentence(error)),) if error else () if found else tuple(_warnings(self.session, kind, holds)),
        )
        return self.page(page, error.status if error else 200)

    @expose("/<string:name>", methods=["POST"])
    @needs("update")
    def set(self, name: str) -> Response:
        """Let the typed steps hold from now on."""
        kind, typed = kind_called(name), Chain(number(request.form.get("number", "")), ())
        try:
            typed = replace(typed, steps=typed_steps(request.form))
            self.use_case(lambda session: do.set_chain(session, name, typed.number, typed.steps))
        except (BadInput, Conflict) as error:
            return self._page(kind, typed, error)
        say(msg("The chain applies to what is submitted from now on."))
        return go(url_for("ChainsView.chain", name=name))

    @expose("/<string:name>/preview", methods=["POST"])
    @needs("read")
    def preview(self, name: str) -> Response:
        """Who would decide about a document that one chooses or describes, by the steps as they are typed; nothing is changed."""
        kind, chain = kind_called(name), Chain(number(request.form.get("number", "")), ())
        try:
            may = g.actor.may(self.resource, "update")  # whoever may not change the steps is shown those in force
            chain = replace(chain, steps=typed_steps(request.form) if may else chain_of(self.session, kind).steps)
            found = would_decide(self.session, kind, chain.steps)
        except BadInput as error:
            return self._page(kind, chain, error)
        return self._page(kind, chain, found=found)


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


def _told(chain: ApprovalChain) -> Text:
    return msg(
        "No. %(number)s, set by %(who)s on %(day)s, %(steps)s",
        number=chain.number,
        who=chain.set_by.name if chain.set_by is not None else msg("System"),
        day=formats.exact_time(chain.created_at),
        steps=counted("%(count)s step", "%(count)s steps", len(chain.steps)),
    )


def _warnings(session: Session, kind: ApprovalKind, holds: Chain) -> Iterator[Say]:
    """Steps of the chain in force for which nobody is left."""
    return (Say(one, Tone.WAIT) for one in outlook(session, (kind,), {kind.name: holds}).sentences(kind))


def _sentence(error: KeguanError) -> Message:
    return next(iter(error.fields.values()), error.message) if isinstance(error, BadInput) else error.message
