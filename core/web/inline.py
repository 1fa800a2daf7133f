"""One field changed where it stands, in a list or on the record's page: the form's own question, the noun's own verb (look.md, Fields)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.access.guard import look_for
from core.access.reasons import DEMANDED, key_fields
from core.audit.reasons import FIELD
from core.kernel.errors import BadInput, Conflict, NotFound, StaleVersion
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.web.access import needs
from core.web.changing import demand_open, fields_in_place
from core.web.forms import Draft, form_page, posted_draft, stored_draft
from core.web.going import go, page_in_sight, safe_next
from core.web.input import covered_fields, read_form, read_version
from core.web.list_pages import cell_of
from core.web.nouns import Noun, Nouns
from core.web.pages import FormPage
from core.web.record_pages import value_row
from core.web.shell import say
from core.web.showing import record_url, view_name
from core.web.taking_back import own_last_change, values_before

LIST = "list"
"""How a request says that the field stands in a list and not on the record's page."""


class InPlace:
    """Endpoints to change one field of one record and to take that back; mixed into the view of a noun."""

    noun: Noun
    session: Any
    page: Any
    _change: Any

    @expose("/<id:pk>/field/<string:name>", methods=["GET", "POST"])
    @needs("update")
    def field(self, pk: int, name: str) -> Response:
        """The question for one field, then its new value; 409 with both values when somebody was faster."""
        record = look_for(self.session, self.noun.model, "update", pk)
        if name not in fields_in_place(self.noun):
            raise NotFound
        demand_open(self.noun, record, name)
        if request.method == "GET":
            return self._ask(name, record, stored_draft(self.noun, record, []))
        sent = {key: value for key, value in request.form.items() if key in _parts(name)}
        try:
            version = read_version(sent.get("version", ""))
            values = read_form(self.noun, sent, creating=False, covered=covered_fields(self.noun, record))
            waits = self._change(pk, version, values) if values else None
        except StaleVersion as error:
            refused = {"stale": error, "version": error.version}
            return self._ask(name, self._again_read(pk), posted_draft(self.noun, sent, **refused), error.status)
        except NotFound as error:  # what was chosen, for the record itself was there
            return self._refused(name, pk, sent, BadInput(fields={name: error.message}))
        except (BadInput, Conflict) as error:
            return self._refused(name, pk, sent, error)
        return self._shown(name, pk, version, waits)

    def _again_read(self, pk: int) -> Any:
        record = self.session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        return record

    def _refused(self, name: str, pk: int, sent: Mapping[str, str], error: BadInput | Conflict) -> Response:
        """The question once more, with what is wrong beside it; a field that is not asked for here is told in a sentence."""
        wrong = error.fields if isinstance(error, BadInput) else {}
        beside = {key: said for key, said in wrong.items() if key in (name, FIELD)}
        known = self.noun.fields
        others = tuple(
            msg("%(field)s: %(sentence)s", field=known[key].label if key in known else key, sentence=said)
            for key, said in wrong.items()
            if key not in beside
        )
        says = others or (() if beside else (error.message,))
        version = int(sent["version"]) if sent.get("version", "").isdigit() else 0
        return self._ask(name, self._again_read(pk), posted_draft(self.noun, sent, errors=beside, says=says, version=version), error.status)

    def _ask(self, name: str, record: Any, draft: Draft, status: int = 200) -> Response:
        page: FormPage = form_page(self.session, _nouns(), self.noun, draft, record, only=name)
        place = request.args.get("place") or None
        page = replace(page, action=url_for(f"{view_name(self.noun)}.field", pk=record.id, name=name, place=place))
        if not request.headers.get("HX-Request"):
            answer: Response = self.page(page, status)
            return answer
        wanted = name in key_fields(self.noun.model) and (parameter(self.session, DEMANDED) or FIELD in draft.errors)
        fields = [field for group in page.groups for field in group.fields if field.name == name or wanted]
        return make_response(render_template("keguan/inline.html", page=page, fields=fields), status)

    def _shown(self, name: str, pk: int, version: int, waits: Message | None) -> Response:
        """The new value in the place of the question, and a way back for some seconds; the old one where the change ``waits``."""
        record = self._again_read(pk)
        told, undo = waits or msg("Nothing was changed."), ""
        if record.version != version:
            told = msg("%(field)s has been changed.", field=self.noun.fields[name].label)
            there = page_in_sight(record_url(self.noun, pk))
            if own_last_change(self.session, self.noun, pk) is not None:
                undo = url_for(f"{view_name(self.noun)}.take_back", pk=pk, version=record.version, next=there)
        if not request.headers.get("HX-Request"):
            say(told, undo)
            return go(record_url(self.noun, pk))
        answer = make_response(render_template("keguan/inline_shown.html", told=told, undo=undo, **self._value(name, record)))
        saved = {"at": record_url(self.noun, pk), "before": version, "now": record.version}
        answer.headers["HX-Trigger"] = json.dumps({"kg:saved": saved})
        return answer

    def _value(self, name: str, record: Any) -> dict[str, Any]:
        if request.args.get("place") == LIST:
            column, value = cell_of(self.noun, record, name)
            return {"column": column, "value": value}
        return {"row": value_row(_nouns(), self.noun, record, name)}

    @expose("/<id:pk>/take-back", methods=["POST"])
    @needs("update")
    def take_back(self, pk: int) -> Response:
        """Give the record the values that it had before one's own last change, unless somebody has changed it since: by the same verb."""
        look_for(self.session, self.noun.model, "update", pk)
        row = own_last_change(self.session, self.noun, pk)
        if self.noun.change is None:
            raise NotFound
        version = read_version(request.args.get("version", ""))
        values = values_before(self.session, self.noun, row) if row is not None else {}
        if not values:
            raise Conflict(msg("Someone else has changed the record in the meantime. Please check it before you undo anything."))
        try:
            waits = self._change(pk, version, values, msg("Taken back"))
        except BadInput as error:
            raise Conflict(next(iter(error.fields.values()), error.message)) from error
        say(waits or msg("The earlier value has been restored."))
        return go(safe_next(request.args.get("next", "")) or record_url(self.noun, pk))


def _nouns() -> Nouns:
    nouns: Nouns = current_app.extensions["keguan"].nouns
    return nouns


def _parts(name: str) -> tuple[str, ...]:
    return (name, f"{name}-shown", f"choose-{name}", "version", FIELD)
