"""REST of a noun on FAB's API base, in FAB's conventions (Rison ``q``, ``_info``), over the same lists and verbs as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import prison
from flask import g, jsonify, request, url_for
from flask_appbuilder.api import BaseApi, expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.access.field_rights import may_query, refers_unseen, shown_value, uncover
from core.approvals.models import ApprovalCase
from core.audit.reasons import FIELD
from core.audit.trail import plain
from core.exports.settings import REST_ROWS
from core.kernel.acting import acting
from core.kernel.choices import Choice
from core.kernel.errors import BadInput, Forbidden, Malformed, NotFound
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from core.web.access import needs
from core.web.bulk.rest import RestBulk
from core.web.codes import code_options
from core.web.comments import RestComments
from core.web.conditions import SINGLE, Condition, Operator, condition_fields, operators_of
from core.web.doors import only_tells
from core.web.files import RestFiles
from core.web.gate import database_of
from core.web.input import body, declared_for, read_json, read_version
from core.web.lines import lines_of_record
from core.web.listing import Query, filters_of, find, read_query
from core.web.lists.words import operator_label
from core.web.nouns import Noun
from core.web.showing import readable
from core.web.tagging import has_tags
from core.web.values import load
from core.web.verbs import allowed_act
from core.web.wishing import case_as_json, change_record, run_act
from core.work.tags import tags_of

LONGEST_Q, DEEPEST_Q = 4_000, 6
PAGE = 20
LARGEST_PAGE = 100
LEAST_ROWS = 100  # no company can allow less


class PluginApi(BaseApi):
    """A REST class of a plugin; each method states what it needs."""

    plugin = "core"
    resource = ""
    csrf_exempt = False  # the gate checks the token unless an Authorization header is there
    allow_browser_login = True
    openapi_spec_methods: Any = {}

    @property
    def session(self) -> Any:
        """The guarded session of this request."""
        return database_of().session()


class RecordApi(RestFiles, RestComments, RestBulk, PluginApi):
    """REST of one :class:`Noun`; derive and set ``noun``."""

    noun: Noun

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "noun" in cls.__dict__:
            cls.plugin, cls.resource, cls.resource_name = cls.noun.plugin, cls.noun.resource, cls.noun.path

    @expose("/_info", methods=["GET"])
    @needs("read")
    def info(self) -> Response:
        """Fields, filters and orders of the noun, and what the person may do; never values of related records."""
        noun = self.noun
        verbs = [verb for verb in ("read", "create", "update", "delete") if g.actor.may(noun.resource, verb)]
        return jsonify(
            {
                "add_columns": [_described(field) for field in declared_for(noun, creating=True).values()],
                "edit_columns": [_described(field) for field in declared_for(noun, creating=False).values()],
                "filters": {name: _operators(noun, name) for name in dict.fromkeys([*filters_of(noun), *condition_fields(noun)])},
                "order_columns": ["id", *_order_columns(noun)],
                "permissions": [f"can_{verb}" for verb in verbs],
                "verbs": [act.verb for act in noun.acts if g.actor.may(noun.resource, act.right)],
                "list_title": str(noun.plural),
            }
        )

    @expose("/", methods=["GET"])
    @needs("read")
    def get_list(self) -> Response:
        """One page of records; ``q`` is Rison with filters, order_column, order_direction, page (from 0), page_size."""
        query = read_rison(self.noun)
        _demand_shallow(self.session, query)
        found = find(self.session, self.noun, query, whole=True)
        return jsonify(
            {
                "count": found.total,
                "count_capped": found.more,
                "ids": [record.id for record in found.records],
                "result": records_as_json(self.noun, found.records),
            }
        )

    @expose("/<id:pk>", methods=["GET"])
    @needs("read")
    def get(self, pk: int) -> Response:
        """One record."""
        return jsonify({"id": pk, "result": self._whole(self._found(pk))})

    @expose("/", methods=["POST"])
    @needs("create")
    def post(self) -> tuple[Response, int]:
        """Create a record."""
        noun = self.noun
        if noun.create is None:
            raise NotFound
        values = read_json(noun, body(), creating=True)
        with database_of().transaction() as session:
            record = noun.create(session, values)
        return jsonify({"id": record.id, "result": self._whole(record)}), 201

    @expose("/<id:pk>", methods=["PUT"])
    @needs("update")
    def put(self, pk: int) -> Response:
        """Change the fields that are sent; ``version`` says which state of the record they were made for. 202 with the case under
        ``approval`` and the record as it is: the change waits for approval."""
        noun = self.noun
        self._found(pk)
        if noun.change is None:
            raise NotFound
        sent = body()
        reason = taken_reason(noun, sent)
        values = read_json(noun, sent, creating=False)
        version = read_version(sent.get("version"))
        record, case = change_record(noun, pk, version, values, reason)
        return self._waits(pk, case) if case is not None else jsonify({"id": pk, "result": self._whole(record)})

    @expose("/<id:pk>/uncover/<string:name>", methods=["POST"])
    @needs("read")
    @only_tells
    def uncover(self, pk: int, name: str) -> Response:
        """One masked value of one record; it leaves a trace."""
        with database_of().transaction() as session:
            value = uncover(session, self.noun.model, pk, name)
        return jsonify({"id": pk, "result": {name: value}})

    @expose("/<id:pk>", methods=["DELETE"])
    @needs("delete")
    def delete(self, pk: int) -> Response:
        """Delete a record; the version may be sent as ``?version=``."""
        noun = self.noun
        found = self._found(pk)
        if noun.delete is None:
            raise NotFound
        version = read_version(request.args.get("version", found.version))
        with database_of().transaction() as session:
            noun.delete(session, pk, version)
        return jsonify({"message": "OK"})

    @expose("/<id:pk>/<string:verb>", methods=["POST"])
    @needs("read")
    def act(self, pk: int, verb: str) -> Response:
        """Run a verb of the noun, such as a transition."""
        act = allowed_act(self.noun, verb)
        self._found(pk)
        sent = body()
        version = read_version(sent.get("version"))
        values = load(act.asks, {name: value for name, value in sent.items() if name != "version"})
        case = run_act(self.noun, act, pk, version, values)
        return self._waits(pk, case) if case is not None else jsonify({"id": pk, "result": self._whole(self._found(pk))})

    def _waits(self, pk: int, case: ApprovalCase) -> Response:
        answer = jsonify({"id": pk, "result": self._whole(self._found(pk)), "approval": case_as_json(case)})
        answer.status_code = 202
        return answer

    def _found(self, pk: int) -> Any:
        record = self.session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        return record

    def _whole(self, record: Any) -> dict[str, Any]:
        (shown,) = records_as_json(self.noun, [record], alone=True)
        if has_tags(self.noun):
            shown["tags"] = tags_of(self.session, record)
        if self.noun.lines is not None:
            names = (*self.noun.lines[1], "amount")
            shown[self.noun.lines[0]] = [
                {name: value_as_json(shown_value(acting(), line, name, alone=True)) for name in names}
                for line in lines_of_record(self.session, self.noun, record)
            ]
        return shown


def taken_reason(noun: Noun, sent: dict[str, Any]) -> str:
    """Why a record is changed, taken out of what was sent: ``change_reason``, or ``reason`` where the noun has no such field."""
    given = [sent.pop(name, "") for name in (FIELD, "reason") if name == FIELD or name not in noun.fields]
    if any(not isinstance(one, str) for one in given):
        raise BadInput(fields={FIELD: msg("This must be a text.")})
    return next((one for one in given if one), "")


def _demand_shallow(session: Any, query: Query) -> None:
    """A whole list leaves by the gate, not page by page (R-343)."""
    most = parameter(session, REST_ROWS) if query.page * query.size > LEAST_ROWS else LEAST_ROWS
    if query.page * query.size > most:
        raise Forbidden(msg("REST shows the first %(most)s rows of a list. Please narrow it by a filter, or ask for an export.", most=most))


def as_json(noun: Noun, record: Any, *, alone: bool = False) -> dict[str, Any]:
    """A record by field name; a reference as ``{"id", "text"}`` when its target may be seen, else null.

    ``not_visible`` names the references that are null because one may not see where they lead, if there are any. A masked value is its
    mask, a hidden field is missing; ``alone`` is the answer about this one record.
    """
    shown: dict[str, Any] = {"id": record.id, "version": record.version}
    for name in noun.fields:
        if readable(noun, name):
            shown[name] = value_as_json(shown_value(acting(), record, name, alone=alone))
    unseen = [name for name in shown if shown[name] is None and refers_unseen(acting(), record, name, alone=alone)]
    return shown | ({"not_visible": unseen} if unseen else {})


def records_as_json(noun: Noun, records: Sequence[Any], *, alone: bool = False) -> list[dict[str, Any]]:
    """Each of them as :func:`as_json` has it, and how much of what is due has been done where somebody knows it (:class:`Progress`)."""
    progress = [(one.progress, one.progress.asker(noun.model)) for one in noun.due if one.progress is not None]
    shown = [as_json(noun, record, alone=alone) for record in records]
    for values, record in zip(shown, records, strict=True):
        for known, ask in progress:
            if (found := ask(record)) is not None:
                done, whole = found[0] or 0, found[1]
                values |= {known.name: value_as_json(done), known.left: value_as_json(whole - done)}
    return shown


def _order_columns(noun: Noun) -> list[str]:
    return [name for name, field in noun.fields.items() if field.sortable and may_query(acting(), noun.model, name)]


def value_as_json(value: Any) -> Any:
    """A value as JSON: money and quantities as text, choices as their word, records as id and text, sentences in the reader's language."""
    if hasattr(value, "__tablename__"):
        return {"id": value.id, "text": str(value)}
    if isinstance(value, Message):
        return str(value)
    return str(value.value) if isinstance(value, Choice) else plain(value)


def read_rison(noun: Noun) -> Query:
    """The query of FAB's ``q``; plain parameters as on the page work too. Raises :class:`Malformed` for what is not offered."""
    raw = request.args.get("q", "")
    if not raw or not raw.startswith("("):
        return read_query(noun, request.args)
    asked = _parse(raw)
    arguments: MultiDict[str, str] = MultiDict()
    for one in asked.get("filters", []):
        _take_filter(noun, one, arguments)
    for written in asked.get("where", []):
        arguments.add("where", str(written))
    arguments["join"] = str(asked.get("join", ""))
    if column := asked.get("order_column"):
        arguments["order"] = ("-" if asked.get("order_direction") == "desc" else "") + str(column)
    page, size = asked.get("page", 0), asked.get("page_size", PAGE)
    if not isinstance(page, int) or not isinstance(size, int):
        raise Malformed(msg("A page number is a whole number."))
    arguments["page"] = str(max(page, 0) + 1)
    arguments["size"] = str(min(size if size > 0 else LARGEST_PAGE, LARGEST_PAGE))
    return read_query(noun, arguments)


def _parse(raw: str) -> dict[str, Any]:
    if len(raw) > LONGEST_Q or raw.count("(") > 60 or _depth(raw) > DEEPEST_Q:
        raise Malformed(msg("The query q is too long or too deep."))
    try:
        asked = prison.loads(raw)
    except (prison.decoder.ParserException, RecursionError, ValueError, IndexError) as error:
        raise Malformed(msg("The query q is no valid Rison.")) from error
    if not isinstance(asked, dict):
        raise Malformed(msg("The query q is no valid Rison."))
    return asked


def _depth(raw: str) -> int:
    deepest = depth = 0
    for character in raw:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _take_filter(noun: Noun, one: Any, arguments: MultiDict[str, str]) -> None:
    if not isinstance(one, dict) or not {"col", "opr", "value"} <= set(one):
        raise Malformed(msg("A filter has col, opr and value."))
    column, value = str(one["col"]), str(one["value"])
    searched = column in noun.fields and noun.fields[column].searchable
    if searched and one["opr"] in ("ct", "sw", "eq"):
        arguments["q"] = value
    elif column in noun.filters and one["opr"] in ("eq", "rel_o_m"):
        arguments.add(column, value)
    elif column in noun.filters and noun.fields[column].kind in ("date", "moment") and one["opr"] in ("gt", "lt"):
        arguments[f"{column}_{'from' if one['opr'] == 'gt' else 'to'}"] = value
    elif column in noun.fields and one["opr"] in OPERATOR_WORDS:
        arguments.add("where", _condition(column, OPERATOR_WORDS[one["opr"]], one["value"]).written)
    else:
        raise Malformed(msg("The list cannot be filtered by “%(name)s” in this way.", name=column[:40]))


OPERATOR_WORDS = {"eq": Operator.IS, "neq": Operator.NOT, "ct": Operator.HAS, **{str(one): one for one in Operator}}
"""Comparisons by FAB's words and by those of the page."""


def _condition(name: str, operator: Operator, value: Any) -> Condition:
    values = value if isinstance(value, list) else [] if operator in SINGLE else [value]
    return Condition(name, operator, tuple(str(int(one) if isinstance(one, bool) else one) for one in values))


def _operators(noun: Noun, name: str) -> list[dict[str, str]]:
    """How a field may be compared: every filter by equality, a condition by its operators too."""
    found = [{"name": str(msg("Equal to")), "operator": "eq"}]
    if name in condition_fields(noun):
        declared = noun.fields[name]
        words = [one for one in operators_of(declared) if one not in (Operator.IS, Operator.IN)]
        found += [{"name": str(operator_label(declared, one)), "operator": str(one)} for one in words]
        found += [{"name": str(msg("within")), "operator": "in"}] if Operator.IN in operators_of(declared) else []
    return found


def _described(field: Any) -> dict[str, Any]:
    choices = [{"id": str(choice.value), "value": str(choice.label)} for choice in field.choices or ()]
    choices += [{"id": option.value, "value": str(option.label)} for option in code_options(field)]
    return {"name": field.name, "label": str(field.label), "type": field.kind, "required": field.required, "values": choices}


def self_url(noun: Noun, record_id: int) -> str:
    """Address of one record in REST."""
    return url_for(f"{api_name(noun)}.get", pk=record_id)


def api_name(noun: Noun) -> str:
    """Name of the REST class of a noun, which is also its endpoint."""
    return "".join(part.capitalize() for part in noun.path.split("-")) + "Api"
