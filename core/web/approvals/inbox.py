"""The inbox: what waits for me, what I have submitted, what I have decided; and one case with its decision (R-062)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.approvals import operations as do
from core.approvals.chains import kind_called, kinds_on, step_from
from core.approvals.models import ApprovalCase, CaseState, KeyChange
from core.approvals.queries import decided_by, of_modules, submitted_by, waiting_for, waits_for
from core.database.fields import Field
from core.database.sessions import capped_counts
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, NotFound
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.web.access import member
from core.web.administration.settings import one_sentence
from core.web.approvals.showing import amount_of, kind_title, signatures, state_tag, title_of
from core.web.approvals.wishes import is_change, kind_and_wish, wish_blocks, wishes_of
from core.web.files import files_block
from core.web.going import go
from core.web.input import read_version
from core.web.lines import lines_table
from core.web.nouns import Noun
from core.web.pages import (
    Block,
    CardPlace,
    CasePage,
    Column,
    ColumnKind,
    Empty,
    EmptyKind,
    FieldGroup,
    Link,
    ListPage,
    Pager,
    Person,
    Row,
    Say,
    Tag,
    Text,
    Tone,
    ValueRow,
    Verb,
)
from core.web.paging import asked_page
from core.web.record_pages import group_of
from core.web.shell import say
from core.web.showing import cell, form_field, record_url, view_name
from core.web.views import PluginView

SIZE, MOST_AT_ONCE = 20, 50
OPINION = Field("long_text", msg("Opinion"), "opinion", max_length=500, help=msg("Required when you return or reject."))
SHOWN: dict[str, Callable[[Any], Any]] = {"mine": waiting_for, "submitted": submitted_by, "decided": decided_by}
LABELS = {"mine": msg("Waiting for me"), "submitted": msg("Submitted by me"), "decided": msg("Decided by me")}
NOTHING = {
    "mine": msg("Nothing is waiting for you. Documents that need your decision will appear here."),
    "submitted": msg("You have not submitted anything yet. A document is submitted on its own page."),
    "decided": msg("You have not decided anything yet."),
}
COLUMNS = (
    Column("title", msg("Document"), ColumnKind.NAME, place=CardPlace.NAME),
    Column("kind", msg("Kind of approval"), place=CardPlace.CHOSEN),
    Column("filler", msg("Submitted by"), ColumnKind.PERSON, place=CardPlace.OWNER),
    Column("amount", msg("Amount"), ColumnKind.MONEY, place=CardPlace.SUM),
    Column("step", msg("Present step"), place=CardPlace.LAST),
    Column("state", msg("State"), ColumnKind.TAG, place=CardPlace.STATE),
    Column("since", msg("Waiting since"), ColumnKind.RELATIVE),
)


class ApprovalsView(PluginView):
    """Everybody's own approvals; who is asked sees the document through the case."""

    route_base = "/approvals"

    @expose("/")
    @member
    def inbox(self, error: KeguanError | None = None) -> Response:
        """Cases of the person, twenty on a page."""
        shown = request.args.get("show", "mine")
        if shown not in SHOWN:
            raise NotFound
        page = asked_page()
        counts = dict(zip(SHOWN, capped_counts(self.session, [one(g.actor) for one in SHOWN.values()], 999), strict=True))
        asked = SHOWN[shown](g.actor).options(selectinload(ApprovalCase.filler)).limit(SIZE).offset(SIZE * (page - 1))
        cases = self.session.scalars(asked).all()
        wishes = wishes_of(self.session, [case.id for case in cases if is_change(case.kind)])
        rows = tuple(_row(self.session, case, wishes.get(case.id)) for case in cases)
        pager = Pager.of(page, SIZE, counts[shown][0], lambda at, _: url_for("ApprovalsView.inbox", show=shown, page=at), sizes=())
        found = ListPage(
            title=msg("Approvals"),
            action=url_for("ApprovalsView.inbox"),
            columns=COLUMNS,
            rows=rows,
            views=tuple(_tab(key, counts[key][0], shown) for key in SHOWN),
            secondary=(Link(msg("Delegations"), url_for("DelegationsView.delegations"), "user-share"),),
            searchable=False,
            bulk=(_approve_several(self.nouns),) if shown == "mine" and rows else (),
            pager=pager if counts[shown][0] > SIZE else None,
            empty=Empty(EmptyKind.FIRST, LABELS[shown], NOTHING[shown], icon="clipboard-check"),
            says=(Say(error.message),) if error else (),
        )
        return self.page(found, error.status if error else 200)

    @expose("/several", methods=["POST"])
    @member
    def several(self) -> Response:
        """Agree to the picked cases, each in a use case of its own; what cannot be agreed to is named with its reason."""
        opinion = request.form.get("opinion")
        refused: list[Message] = []
        ids = [int(text) for text in request.form.getlist("id") if text.isascii() and text.isdigit() and len(text) < 19][:MOST_AT_ONCE]
        for case_id in ids:
            try:
                self.use_case(partial(do.approve, case_id=case_id, opinion=opinion))
            except KeguanError as error:
                refused.append(msg("%(title)s: %(reason)s", title=self._title(case_id), reason=one_sentence(error, {})))
        if len(ids) > len(refused):
            say(msg("%(count)s approved.", count=len(ids) - len(refused)))
        if refused:
            return self.inbox(Conflict(msg("Not approved: %(list)s", list=" ".join(map(str, refused)))))  # type: ignore[no-any-return]
        return go(url_for("ApprovalsView.inbox"))

    def _title(self, case_id: int) -> str:
        case = self.session.get(ApprovalCase, case_id)
        return title_of(case) if case is not None else "–"

    @expose("/<id:pk>")
    @member
    def show(self, pk: int, error: KeguanError | None = None) -> Response:
        """The case with its document, its signatures, and the decision for whom it asks."""
        case = self._case(pk)
        mine = bool(self.session.scalar(select(ApprovalCase.id).where(ApprovalCase.id == pk, waits_for(g.actor))))
        asks = mine and case.state is CaseState.RUNNING
        kind = kind_called(case.kind)
        record = self.session.get(kind.model, case.record_id)
        noun = self.nouns.by_table.get(case.table_name)
        mark = Tag(msg("Waiting for you"), Tone.WAIT) if asks else state_tag(case)
        typed = form_field(self.nouns, OPINION, request.form.get("opinion", ""))
        page = CasePage(
            title=title_of(case),
            crumbs=(Link(msg("Approvals"), url_for("ApprovalsView.inbox")),),
            back=Link(msg("Approvals"), url_for("ApprovalsView.inbox")),
            tags=(mark,),
            filler=Person.of(case.filler_id, case.filler.name),
            facts=(kind.title, *((case.note,) if case.note else ())),
            at=case.created_at,
            document=self._document(noun, record),
            blocks=(
                *wish_blocks(self.session, case, kind),
                *self._document_blocks(case, noun, kind.title, record),
                signatures(self.session, case),
            ),
            verbs=_own_verbs(case),
            opinion=typed,
            approve=url_for("ApprovalsView.approve", pk=pk) if asks else "",
            send_back=url_for("ApprovalsView.send_back", pk=pk),
            reject=url_for("ApprovalsView.reject", pk=pk),
            says=(Say(one_sentence(error, {"opinion": OPINION.label})),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _case(self, pk: int) -> ApprovalCase:
        asked = select(ApprovalCase).where(ApprovalCase.id == pk, of_modules(g.actor)).options(selectinload(ApprovalCase.filler))
        case: ApprovalCase | None = self.session.scalars(asked).one_or_none()
        if case is None:
            raise NotFound
        return case

    def _document(self, noun: Noun | None, record: Any) -> Link | None:
        """The way to the document's own page, for whoever may open it."""
        if noun is None or record is None or not g.actor.may(noun.resource, "read"):
            return None
        return Link(msg("Open the document"), record_url(noun, record.id), noun.icon)

    def _document_blocks(self, case: ApprovalCase, noun: Noun | None, title: Message, record: Any) -> tuple[Block, ...]:
        """What is asked about: the fields of the document, its lines and files."""
        if record is None:
            return ()
        if noun is None:
            return (_plain_document(title, record),)
        groups = [group_of(self.nouns, noun, record, group) for group in noun.groups]
        rows = tuple(row for group in groups for row in (*group.rows, *group.folded) if row.value not in (None, ""))
        blocks: list[Block] = [FieldGroup(title=noun.title, rows=(*_amount(case), *rows), wide=True)]
        if noun.lines is not None:
            blocks.append(lines_table(self.session, noun, record))
        if noun.files and g.actor.may(noun.resource, "read"):
            blocks.append(files_block(self.session, noun, view_name(noun), record))
        return tuple(blocks)

    @expose("/<id:pk>/approve", methods=["POST"])
    @member
    def approve(self, pk: int) -> Response:
        """Agree, and go back to what else waits."""
        return self._decide(pk, do.approve, msg("You approved “%(title)s”."))

    @expose("/<id:pk>/return", methods=["POST"])
    @member
    def send_back(self, pk: int) -> Response:
        """Return for completion, saying what is missing."""
        return self._decide(pk, do.return_for_completion, msg("“%(title)s” was returned to the person who filled it in."))

    @expose("/<id:pk>/reject", methods=["POST"])
    @member
    def reject(self, pk: int) -> Response:
        """Reject, saying why."""
        return self._decide(pk, do.reject, msg("“%(title)s” is rejected."))

    def _decide(self, pk: int, verb: Callable[..., ApprovalCase], done: Message) -> Response:
        try:
            case = self.use_case(lambda session: verb(session, pk, opinion=request.form.get("opinion")))
        except (BadInput, Conflict, Forbidden) as error:
            return self._again(pk, error)
        say(Message(done.text, {"title": title_of(case)}))
        return go(url_for("ApprovalsView.inbox"))

    def _again(self, pk: int, error: KeguanError) -> Response:
        """The case once more with the sentence that says why nothing was done; the inbox when it is no longer open to the person."""
        try:
            return self.show(pk, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        except NotFound:
            return self.inbox(error)  # type: ignore[no-any-return]

    @expose("/<id:pk>/withdraw", methods=["POST"])
    @member
    def withdraw(self, pk: int) -> Response:
        """Take back what one has submitted."""
        return self._own(pk, do.withdraw, msg("The document has been withdrawn from approval."))

    @expose("/<id:pk>/remind", methods=["POST"])
    @member
    def remind(self, pk: int) -> Response:
        """Remind whoever has to decide."""
        return self._own(pk, do.remind, msg("The people who decide have been reminded."))

    def _own(self, pk: int, verb: Callable[..., ApprovalCase], done: Message) -> Response:
        try:
            self.use_case(lambda session: verb(session, pk))
        except (Conflict, Forbidden) as error:
            return self._again(pk, error)
        say(done)
        return go(url_for("ApprovalsView.show", pk=pk))

    @expose("/documents/<string:name>/<id:pk>", methods=["POST"])
    @member
    def submit(self, name: str, pk: int) -> Response:
        """Hand a document in, from its own page."""
        version, note = read_version(request.form.get("version", "")), request.form.get("note")
        case = self.use_case(lambda session: do.submit_document(session, name, pk, version, note=note))
        say(msg("“%(title)s” is in approval.", title=title_of(case)))
        return go(url_for("ApprovalsView.show", pk=case.id))


def _row(session: Any, case: ApprovalCase, wish: KeyChange | None) -> Row:
    step: Text = step_from(case.plan[case.step]).title if case.state is CaseState.RUNNING else "–"
    found = amount_of(case)
    amount = to_fen(found) if found is not None else None
    kind = next((kind for kind in kinds_on(g.actor.modules) if kind.name == case.kind), None)
    cells = (
        title_of(case),
        kind_and_wish(session, kind, kind_title(case.kind), wish),
        Person.of(case.filler_id, case.filler.name),
        amount,
        step,
        state_tag(case),
        case.step_since,
    )
    return Row(str(case.id), url_for("ApprovalsView.show", pk=case.id), cells)


def _tab(key: str, count: int, shown: str) -> Link:
    return Link(LABELS[key], url_for("ApprovalsView.inbox", show=key), count=str(count) if count else "", current=key == shown)


def _amount(case: ApprovalCase) -> tuple[ValueRow, ...]:
    """The amount that was submitted, first of all."""
    found = amount_of(case)
    if found is None:
        return ()
    return (ValueRow(msg("Amount"), to_fen(found), ColumnKind.EXACT_MONEY),)


def _approve_several(nouns: Any) -> Verb:
    opinion = Field("text", msg("Opinion"), "opinion", max_length=500)
    return Verb(msg("Approve"), url_for("ApprovalsView.several"), "check", fields=(form_field(nouns, opinion, ""),))


def _own_verbs(case: ApprovalCase) -> tuple[Verb, ...]:
    """What the filler does with a running case."""
    if case.filler_id != g.actor.employee_id or case.state is not CaseState.RUNNING:
        return ()
    return (
        Verb(msg("Remind"), url_for("ApprovalsView.remind", pk=case.id), "bell"),
        Verb(msg("Withdraw"), url_for("ApprovalsView.withdraw", pk=case.id), "arrow-back-up"),
    )


def _plain_document(title: Message, record: Any) -> FieldGroup:
    """A document without a page of its own, field by field."""
    rows = [ValueRow(field.label, cell(record, name)) for name, field in record.fields().items() if cell(record, name) not in (None, "")]
    return FieldGroup(title=title, rows=tuple(rows), wide=True)
