"""Asking for one verb for many records, and running it: the part of a noun's page that the bar above its list leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import current_app, g, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.access.reasons import key_fields
from core.audit.reasons import FIELD
from core.database.sessions import capped_count
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.words import Message, counted, msg
from core.web import formats
from core.web.access import needs
from core.web.bulk.asking import Order, Seen, is_small, order_for, order_for_whole, query_of, read_picks, visible_picks
from core.web.bulk.leaving_out import left_out
from core.web.bulk.letting_out import WAYS_OUT, way_out
from core.web.bulk.models import CHANGE, DELETE, BulkRun
from core.web.bulk.offering import demand_offered
from core.web.bulk.ordering import needs_reason, order_of, questions_of
from core.web.bulk.telling import ended
from core.web.bulk.undoing import can_be_undone
from core.web.forms import form_fields
from core.web.gate import database_of
from core.web.going import go
from core.web.history import REASON
from core.web.listing import statement
from core.web.nouns import Noun, Nouns
from core.web.pages import FieldSet, FormPage, Link, Say, Tone
from core.web.showing import view_name


class Bulk:
    """Endpoint of one verb for many records; mixed into the view of a noun."""

    noun: Noun
    session: Any
    page: Any
    use_case: Any

    @expose("/bulk/<string:verb>", methods=["POST"])
    @needs("read")
    def bulk(self, verb: str) -> Response:
        """The question for many records, and once it is answered the change of all of them."""
        field = request.args.get("field", "")
        if self.noun.plugin == "core":
            raise NotFound
        if verb in WAYS_OUT:
            dialog: Response = self.page(way_out(self.session, self.noun, verb))
            return dialog
        demand_offered(_nouns(), self.noun, g.actor, verb, field)
        if request.form.get("step") != "run":
            return self._ask_many(verb, field)
        try:
            order = self._order(verb, field)
            run = self.use_case(lambda session: self._begun(session, order))
        except BadInput as error:
            return self._ask_many(verb, field, error)
        return go(ended(database_of(), self.noun, run) if is_small(self.session, run) else url_for("BulkView.show", pk=run.id))

    def _order(self, verb: str, field: str) -> Order:
        """What is asked for; raises :class:`BadInput` before anything is begun."""
        questions = questions_of(self.noun, verb, field)
        sent = request.form
        given = {one.name: ("1" if sent.get(one.name) else "0") if one.kind == "flag" else sent.get(one.name, "") for one in questions}
        return order_of(self.session, self.noun, verb, field, given, sent.get(FIELD, ""))

    def _begun(self, session: Any, order: Order) -> BulkRun:
        if request.form.get("whole"):
            return order_for_whole(session, order, request.form.get("asked", ""))
        return order_for(session, order, visible_picks(session, self.noun, read_picks(request.form.getlist("id"))))

    def _ask_many(self, verb: str, field: str, error: BadInput | None = None) -> Response:
        number, more = self._count()
        questions = {one.name: one for one in questions_of(self.noun, verb, field)}
        if verb == CHANGE and field in key_fields(self.noun.model):
            questions[FIELD] = replace(REASON, required=needs_reason(self.session, self.noun, verb, field))
        asked = form_fields(self.session, _nouns(), questions, request.form if error else {}, error.fields if error else {})
        kept = [("step", "run"), *((name, value) for name in ("whole", "asked", "id") for value in request.form.getlist(name))]
        title, submit = _words(self.noun, verb, field, number, more=more)
        says = [Say(error.message)] if error and not error.fields else []
        page = FormPage(
            title=title,
            crumbs=(Link(self.noun.plural, url_for(f"{view_name(self.noun)}.list")),),
            says=(*says, *self._left_out(verb, field), Say(_consequence(self.noun, verb), Tone.WAIT)),
            action=url_for(f"{view_name(self.noun)}.bulk", verb=verb, field=field or None),
            groups=(FieldSet("", asked),) if asked else (),
            submit=submit,
            cancel_href=url_for(f"{view_name(self.noun)}.list"),
            hidden=tuple(kept),
            submit_tone=Tone.BAD if verb == DELETE else Tone.IDLE,
        )
        answer: Response = self.page(page, 422 if error else 200)
        return answer

    def _left_out(self, verb: str, field: str) -> list[Say]:
        """What is known of the picked records already; raises :class:`Conflict` when all of them would be left out for one reason."""
        if request.form.get("whole"):
            return []
        picked = self._picked()
        reasons = left_out(self.session, self.noun, verb, field, picked)
        if len(reasons) == 1 and sum(reasons.values()) == len(picked):
            raise Conflict(next(iter(reasons)))
        told = sorted(reasons.items(), key=lambda pair: -pair[1])
        return [
            Say(
                counted("%(count)s picked record is left out: %(why)s", "%(count)s picked records are left out: %(why)s", number, why=why),
                Tone.WAIT,
            )
            for why, number in told
        ]

    def _picked(self) -> list[Seen]:
        return visible_picks(self.session, self.noun, read_picks(request.form.getlist("id")))

    def _count(self) -> tuple[int, bool]:
        """How many records are asked for, and whether they are more."""
        if request.form.get("whole"):
            return capped_count(self.session, statement(self.session, self.noun, query_of(self.noun, request.form.get("asked", ""))))
        return len(self._picked()), False


def _words(noun: Noun, verb: str, field: str, number: int, *, more: bool) -> tuple[Message, Message]:
    """Title and button, for ``number`` records or ``more``."""
    count = formats.count(number, more)
    submit = counted("Apply to %(count)s record", "Apply to %(count)s records", number, count=count)
    if verb == CHANGE:
        return counted(
            "Change “%(field)s” of %(count)s record",
            "Change “%(field)s” of %(count)s records",
            number,
            field=noun.fields[field].label,
            count=count,
        ), submit
    if verb == DELETE:
        return counted("Delete %(count)s record", "Delete %(count)s records", number, count=count), submit
    act = noun.act(verb)
    return counted(
        "%(verb)s: %(count)s record", "%(verb)s: %(count)s records", number, verb=act.label if act is not None else verb, count=count
    ), submit


def _consequence(noun: Noun, verb: str) -> Message:
    act = noun.act(verb)
    if can_be_undone(noun, verb):
        return msg(
            "Each record is changed on its own; any that was changed in the meantime is left out and listed. You can undo all of it."
        )
    if act is not None and act.confirm is not None:
        return act.confirm
    return msg("Each record is processed on its own; any that does not allow it is left out and listed. This cannot be undone in one step.")


def _nouns() -> Nouns:
    nouns: Nouns = current_app.extensions["keguan"].nouns
    return nouns
