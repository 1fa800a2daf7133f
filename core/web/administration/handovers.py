"""Handing everything of an employee over: first what would move, then the step itself, then the list from which it is undone (R-165)."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_appbuilder import expose
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from core.access.administration import hand_over_everything, undo_handover, what_moves
from core.access.administration.handing_over import why_not_undone
from core.access.administration.moving import Moving
from core.access.administration.reach import employee_for
from core.database.fields import Field
from core.kernel.errors import BadInput, Conflict, KeguanError
from core.kernel.words import Message, counted, msg
from core.organisation.models import Department, DepartmentLeader, Employee, Handover
from core.web import formats
from core.web.access import needs
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.input import read_version
from core.web.pages import Ask, Link, Say, SettingGroup, SettingRow, SettingsPage, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field, texts_of
from core.web.values import load
from core.web.views import PluginView

TAKER = Field("reference", msg("Successor"), "taker", required=True, target="core_employee")
REASON = Field("text", msg("Reason"), "reason", max_length=200)
ASKED = (TAKER, REASON)


class HandoversView(PluginView):
    """Handovers of everything that somebody owns."""

    route_base = "/handovers"
    resource = "core.employee"

    @expose("/")
    @needs("hand_over")
    def handovers(self, error: KeguanError | None = None) -> Response:
        """The latest handovers, each with its undoing while that is possible."""
        people = (selectinload(Handover.giver), selectinload(Handover.taker), selectinload(Handover.done_by))
        found = self.session.scalars(select(Handover).options(*people).order_by(Handover.id.desc()).limit(50)).all()
        group = SettingGroup(msg("Handovers"), tuple(self._row(one) for one in found), msg("Nothing has been handed over yet."))
        page = SettingsPage(
            title=msg("Handovers"),
            lead=msg("A handover passes everything that someone owns to a successor in one step. Open an employee's page to begin one."),
            groups=(group,),
            says=(Say(error.message),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _row(self, one: Handover) -> SettingRow:
        reason = why_not_undone(self.session, one)
        ask = Ask(
            msg("Undo this handover?"),
            msg("What still belongs to %(name)s goes back, to its earlier departments.", name=one.taker.name),
            msg("Undo"),
        )
        undo = Verb(
            msg("Undo"),
            url_for("HandoversView.undo", pk=one.id),
            "arrow-back-up",
            (("version", str(one.version)),),
            forbidden=reason or "",
            ask=ask,
        )
        who = one.done_by.name if one.done_by is not None else msg("System")
        return SettingRow(
            msg("%(giver)s → %(taker)s", giver=one.giver.name, taker=one.taker.name),
            msg("%(who)s, %(at)s %(reason)s", who=who, at=formats.exact_time(one.created_at), reason=one.reason or ""),
            counted("%(count)s record", "%(count)s records", one.records),
            tags=(Tag(msg("undone"), Tone.IDLE),) if one.undone_at is not None else (),
            verbs=(undo,) if one.undone_at is None else (),
        )

    @expose("/employees/<id:pk>")
    @needs("hand_over")
    def preview(self, pk: int, error: KeguanError | None = None) -> Response:
        """What would move, by kind and state, and what a handover cannot settle; nothing is changed."""
        moving = what_moves(self.session, pk)
        giver = employee_for(self.session, "hand_over", pk)
        rows = tuple(self._moving_row(one) for one in moving)
        here = url_for("EmployeesView.show", pk=pk)
        page = SettingsPage(
            title=msg("Hand over everything of %(name)s", name=giver.name),
            crumbs=(Link(msg("Employees"), url_for("EmployeesView.list")), Link(giver.name, here)),
            back=Link(giver.name, here),
            lead=msg("All of it goes to one successor and to that person's department, records of disabled modules too. No state changes."),
            groups=(SettingGroup(msg("What is handed over"), rows, msg("This person owns no records.")), *self._left_behind(giver)),
            verbs=(self._verb(giver, sum(one.total for one in moving)),),
            says=(Say(one_sentence(error, {field.name: field.label for field in ASKED})),) if error else (),
        )
        return self.page(page, error.status if error else 200)

    def _moving_row(self, one: Moving) -> SettingRow:
        noun = self.nouns.by_table.get(one.model.__tablename__)
        told = [str(msg("%(state)s %(count)s", state=label, count=count)) for label, count in one.states]
        label: Message = noun.plural if noun is not None else one.model.__label__
        counts = msg("%(open)s open, %(closed)s closed", open=one.open, closed=one.closed)
        return SettingRow(label, str(msg(", ")).join(told), counts)

    def _left_behind(self, giver: Employee) -> tuple[SettingGroup, ...]:
        """Duties that no record carries: somebody else must be appointed."""
        leads = select(Department.name, DepartmentLeader.duty).join(Department, Department.id == DepartmentLeader.department_id)
        duties = self.session.execute(leads.where(DepartmentLeader.employee_id == giver.id)).all()
        led = self.session.scalar(select(func.count(Employee.id)).where(Employee.superior_id == giver.id)) or 0
        rows = [SettingRow(name, duty.label, href=url_for("OrganisationView.tree")) for name, duty in duties]
        if led:
            rows.append(
                SettingRow(counted("Superior of %(count)s person", "Superior of %(count)s people", led), msg("They follow the successor."))
            )
        return (SettingGroup(msg("Also to be settled"), tuple(rows)),) if rows else ()

    def _verb(self, giver: Employee, total: int) -> Verb:
        sent = {field.name: typed(field.name) for field in ASKED}
        texts = texts_of(self.session, self.nouns, {TAKER.name: TAKER}, sent)
        asked = tuple(form_field(self.nouns, field, sent[field.name], shown=texts.get(field.name, "")) for field in ASKED)
        return Verb(
            msg("Hand over"),
            url_for("HandoversView.hand_over", pk=giver.id),
            "user-share",
            (("version", str(giver.version)),),
            ask=Ask(
                counted("Hand over %(count)s record?", "Hand over %(count)s records?", total),
                msg("It can be undone for some days."),
                msg("Hand over"),
            ),
            fields=asked,
            primary=True,
        )

    @expose("/employees/<id:pk>", methods=["POST"])
    @needs("hand_over")
    def hand_over(self, pk: int) -> Response:
        """Move everything in one use case."""
        version = read_version(request.form.get("version", ""))
        try:
            values = load(ASKED, {field.name: request.form.get(field.name, "") for field in ASKED})
            done: Any = self.use_case(
                lambda session: hand_over_everything(session, pk, version, taker=values["taker"], reason=values.get("reason"))
            )
        except (BadInput, Conflict) as error:
            return self.preview(pk, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(counted("%(count)s record has been handed over.", "%(count)s records have been handed over.", done.records))
        return go(url_for("HandoversView.handovers"))

    @expose("/<id:pk>/undo", methods=["POST"])
    @needs("hand_over")
    def undo(self, pk: int) -> Response:
        """Give back what moved."""
        version = read_version(request.form.get("version", ""))
        try:
            back = self.use_case(lambda session: undo_handover(session, pk, version))
        except Conflict as error:
            return self.handovers(error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(counted("%(count)s record has been given back.", "%(count)s records have been given back.", back))
        return go(url_for("HandoversView.handovers"))
