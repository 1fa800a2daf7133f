"""Pages of a noun on FAB's view base. Every change goes through one verb in one transaction (design 3.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from markupsafe import escape
from werkzeug.wrappers import Response

from core.access.field_rights import uncover
from core.access.guard import look_for
from core.audit.reasons import FIELD
from core.exports.sources import SheetSource
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, NotFound, StaleVersion, TooLarge
from core.kernel.words import Message, msg
from core.lists.queries import seen_list
from core.web.access import needs
from core.web.alike import AlikeRecords
from core.web.beginning import given, goes_back
from core.web.beside import BesideOfRecords
from core.web.board_asking import AsksOnBoard
from core.web.boards import BoardOfRecords
from core.web.bulk.record_views import Bulk
from core.web.card_pages import CardsOfRecords
from core.web.changing import why_unchanged
from core.web.charts import ChartOfRecords
from core.web.choices import choices_of
from core.web.codes import code_label
from core.web.comments import CommentsOfRecord, has_comments, received_comment
from core.web.doors import only_tells
from core.web.files import FilesOfRecord, PreviewsOfFiles, attach_sent
from core.web.forms import Draft, form_page, posted_draft, refused_draft, stored_draft
from core.web.gate import database_of
from core.web.going import go
from core.web.history import earlier_values
from core.web.inline import InPlace
from core.web.input import covered_fields, read_form, read_version
from core.web.lines import lines_of_record
from core.web.list_days import DaysOfRecords
from core.web.list_pages import list_page
from core.web.listing import NOTHING, Found, Query, filters_of, find, values_in_use
from core.web.lists.columns import referred_to
from core.web.lists.counts import CountsOfViews
from core.web.lists.groups import group_table
from core.web.lists.marking import asked_of_marks, marked_list
from core.web.lists.naming import Names, names_of, picked_in
from core.web.lists.opening import Opened, open_list, usual_view
from core.web.marks import MarksOfRecord
from core.web.moving import OnAnotherDay
from core.web.nouns import Noun, Nouns
from core.web.pages import Page, Say, Tone, asked_part, render
from core.web.printing import FormsOfRecords
from core.web.record_pages import record_page
from core.web.sentences import as_sentence, first_sentence
from core.web.shell import asked_of_waiting, know_waiting, make_shell, say
from core.web.showing import record_url, view_name
from core.web.values import load
from core.web.verbs import allowed_act
from core.web.wishing import WAITS, change_record, run_act
from core.work.sent_forms import create_once, made_before


class PluginView(BaseView):
    """A page of a plugin. Each method states what it needs; what states nothing answers 404."""

    plugin = "core"
    resource = ""
    sheet: SheetSource | None = None
    """What the view prints about one record by :func:`core.web.printing.print_sheet`."""

    @property
    def nouns(self) -> Nouns:
        """All nouns of the application."""
        nouns: Nouns = current_app.extensions["keguan"].nouns  # FAB reads every attribute before it is registered itself
        return nouns

    @property
    def session(self) -> Any:
        """The guarded session of this request."""
        return database_of().session()

    def page(self, page: Page, status: int = 200) -> Response:
        """The answer with ``page`` in the frame."""
        shell = None if asked_part(page) else make_shell(getattr(page, "create", None), getattr(page, "begun", None))
        return Response(render(page, shell), status, mimetype="text/html")

    def update_redirect(self) -> None:
        """FAB would write every address, search texts included, into the session."""

    def use_case(self, work: Callable[[Any], Any]) -> Any:
        """Run ``work(session)`` in one transaction and return what it returns."""
        with database_of().transaction() as session:
            return work(session)


class RecordView(
    BoardOfRecords,
    AsksOnBoard,
    CardsOfRecords,
    DaysOfRecords,
    BesideOfRecords,
    ChartOfRecords,
    FilesOfRecord,
    PreviewsOfFiles,
    FormsOfRecords,
    CommentsOfRecord,
    MarksOfRecord,
    PluginView,
    InPlace,
    OnAnotherDay,
    Bulk,
    AlikeRecords,
    CountsOfViews,
):
    """List, record, form and verbs of one :class:`Noun`; derive and set ``noun``."""

    noun: Noun

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "noun" in cls.__dict__:
            cls.plugin, cls.resource = cls.noun.plugin, cls.noun.resource
            cls.route_base = f"/{cls.noun.path}"

    @expose("/")
    @needs("read")
    def list(self) -> Response:
        """The list, or the part of it that changed."""
        seen = seen_list(self.session, self.noun.path)
        if not request.args and (usual := usual_view(self.session, self.noun, seen)):
            return redirect(url_for(f"{view_name(self.noun)}.list", view=usual))
        opened = open_list(self.session, self.noun, request.args, seen)
        grouped = group_table(self.session, self.noun, opened.query)
        if grouped is not None:
            page = list_page(self.nouns, self.noun, opened, NOTHING, self._names(opened, NOTHING))
            return self.page(replace(page, grouped=grouped))
        marks = asked_of_marks(self.noun, opened)
        found = find(self.session, self.noun, opened.query, beside=(*marks, *asked_of_waiting()))
        know_waiting(found.beside[len(marks) :])
        page = list_page(self.nouns, self.noun, opened, found, self._names(opened, found))
        return self.page(marked_list(self.session, self.noun, opened, page, found.beside[: len(marks)]))

    def _names(self, opened: Opened, found: Found) -> Names:
        """What the records are called that conditions and added columns name, in one statement."""
        wanted = picked_in(self.noun, opened.query)
        for table, ids in referred_to(self.noun, opened.columns, found.records).items():
            wanted.setdefault(table, set()).update(ids)
        return names_of(self.session, self.noun, wanted)

    def picked(self, query: Query) -> Names:
        """What the records are called that the conditions name."""
        return names_of(self.session, self.noun, picked_in(self.noun, query))

    @expose("/choices")
    @needs("read")
    def choices(self) -> Response:
        """Records to choose from in a form: paged, within scope, found by name."""
        return choices_of(self.session, self.noun)

    @expose("/values/<string:name>")
    @needs("read")
    def values(self, name: str) -> Response:
        """Values that a text field has among the records one may see, to filter by."""
        declared = self.noun.fields.get(name)
        if declared is None or name not in filters_of(self.noun) or declared.kind not in ("text", "integer", "code"):
            raise NotFound
        found = values_in_use(self.session, self.noun, name, request.args.get("q", "").strip()[:60])
        words = {value: str(code_label(declared, value)) if declared.kind == "code" else value for value in found}
        items = [{"id": value, "text": word, "hint": ""} for value, word in words.items()]
        return jsonify({"items": items, "more": False})

    @expose("/<id:pk>")
    @needs("read")
    def show(self, pk: int) -> Response:
        """The record's page."""
        record = self.session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        return self.page(record_page(self.session, self.nouns, self.noun, record))

    @expose("/add", methods=["GET", "POST"])
    @needs("create")
    def add(self) -> Response:
        """An empty form, then the new record."""
        if self.noun.create is None:
            raise NotFound
        if request.method == "GET":
            asked = {**self._defaults(), **given(self.session, self.nouns, self.noun)}
            return self._form(Draft(asked, back=goes_back(request.args), into=_waiting(request.args)), None)
        try:
            values = read_form(self.noun, request.form, creating=True)
            if (earlier := made_before(self.session, request.form.get("form_key", ""), self.noun.model)) is not None:
                return self._asked_again(earlier)
            record, new = self.use_case(lambda session: self._create_once(session, values))
        except (BadInput, Conflict) as error:
            kept = {"back": goes_back(request.form), "into": _waiting(request.form)}
            return self._form(refused_draft(self.noun, request.form, error, **kept), None, error.status)
        if field := _waiting(request.form):
            if request.headers.get("HX-Request"):
                return _handed_back(field, record)
            title = msg("“%(name)s” has been saved.", name=str(record))
            return make_response(render_template("keguan/created.html", title=title, id=record.id, text=str(record), field=field))
        say(msg("“%(name)s” has been saved.", name=str(record)) if new else msg("This form had been saved already; here is the record."))
        return go(self._after(record))

    def _asked_again(self, earlier: Any) -> Response:
        """The form as it was typed, with what it has made already: whoever came back to it decides whether this is another record."""
        sentence = msg("This form has made “%(name)s” already. Save once more if this is to be another record.", name=str(earlier))
        draft = posted_draft(self.noun, request.form, says=(sentence,), back=goes_back(request.form), into=_waiting(request.form))
        return self._form(draft, None, 409)

    def _create_once(self, session: Any, values: dict[str, Any]) -> tuple[Any, bool]:
        def create() -> Any:
            return attach_sent(session, self.noun, self.noun.create(session, values))  # type: ignore[misc]

        return create_once(session, request.form.get("form_key", ""), self.noun.model, create)

    def _defaults(self) -> dict[str, str]:
        fields = self.noun.fields.items()
        chosen = {name: str(field.default.value) for name, field in fields if hasattr(field.default, "value")}
        return chosen | {name: "1" for name, field in fields if field.kind == "flag" and field.default is True}

    def _after(self, record: Any) -> str:
        """Where to go after saving: a part written on its parent's page goes back there."""
        parent = getattr(self.noun.model, "__parent__", "")
        if parent and goes_back(request.form):
            noun = self.nouns.by_table[self.noun.fields[parent].target]
            return record_url(noun, getattr(record, f"{parent}_id"))
        return record_url(self.noun, record.id)

    @expose("/<id:pk>/edit", methods=["GET", "POST"])
    @needs("update")
    def edit(self, pk: int) -> Response:
        """The filled form, then the changed record; 409 with both values when somebody was faster."""
        if self.noun.change is None:
            raise NotFound
        record = look_for(self.session, self.noun.model, "update", pk)
        if reason := why_unchanged(self.noun, record):
            return self._again(pk, Conflict(reason), record)
        if request.method == "GET":
            return self._form(stored_draft(self.noun, record, lines_of_record(self.session, self.noun, record)), record)
        try:
            version = read_version(request.form.get("version", ""))
            values = read_form(self.noun, request.form, creating=False, covered=covered_fields(self.noun, record))
            waits = self._change(pk, version, values)
        except StaleVersion as error:
            record = self.session.get(self.noun.model, pk)
            return self._form(refused_draft(self.noun, request.form, error, stale=error, version=error.version), record, 409)
        except (BadInput, Conflict) as error:
            record = self.session.get(self.noun.model, pk)
            return self._form(refused_draft(self.noun, request.form, error, version=_seen(record)), record, error.status)
        say(waits or msg("Your changes have been saved."))
        return go(record_url(self.noun, pk))

    def _form(self, draft: Draft, record: Any, status: int = 200) -> Response:
        return self.page(form_page(self.session, self.nouns, self.noun, draft, record), status)

    @expose("/<id:pk>/uncover/<string:name>", methods=["POST"])
    @needs("read")
    @only_tells
    def uncover(self, pk: int, name: str) -> Response:
        """Show one masked value of one record, and leave a trace of it."""
        value = self.use_case(lambda session: uncover(session, self.noun.model, pk, name))
        if request.headers.get("HX-Request"):
            return Response(escape(value), mimetype="text/html")
        record = self.session.get(self.noun.model, pk)
        page = record_page(self.session, self.nouns, self.noun, record)
        told = msg("%(field)s: %(sentence)s", field=self.noun.fields[name].label, sentence=value)
        return self.page(replace(page, says=(Say(told, Tone.NOTE),)))

    @expose("/<id:pk>/delete", methods=["POST"])
    @needs("delete")
    def remove(self, pk: int) -> Response:
        """Delete after the confirmation in place."""
        if self.noun.delete is None:
            raise NotFound
        version = read_version(request.form.get("version", ""))
        self.use_case(lambda session: self.noun.delete(session, pk, version))  # type: ignore[misc]
        say(msg("The record has been deleted."))
        return go(url_for(f"{view_name(self.noun)}.list"))

    def _change(self, pk: int, version: int, values: dict[str, Any], reason: Message | str = "") -> Message | None:
        """Run the noun's verb, for the reason that was typed, else for ``reason``; that the change waits for approval, where it does."""
        _, case = change_record(self.noun, pk, version, values, request.form.get(FIELD, "").strip() or reason)
        return WAITS if case is not None else None

    @expose("/<id:pk>/restore", methods=["POST"])
    @needs("update")
    def restore(self, pk: int) -> Response:
        """Give key fields back the values that they had before one change: a new change by the same verb."""
        record = look_for(self.session, self.noun.model, "update", pk)
        if self.noun.change is None:
            raise NotFound
        try:
            values, when = earlier_values(self.session, self.noun, record, request.form.get("row", ""))
            version = read_version(request.form.get("version", ""))
            waits = self._change(pk, version, values, msg("Restored as it was before %(time)s", time=when))
        except (BadInput, Conflict) as error:
            return self._again(pk, as_sentence(error, tuple(self.noun.fields.values())))
        say(waits or msg("The earlier values have been restored."))
        return go(url_for(f"{view_name(self.noun)}.show", pk=pk, tab="history"))

    @expose("/<id:pk>/files", methods=["POST"])
    @needs("update")
    def add_file(self, pk: int) -> Response:
        """Attach the uploaded file."""
        try:
            attachment = self._receive(pk)
        except (BadInput, TooLarge) as error:
            return self._again(pk, as_sentence(error, ()))
        say(msg("“%(name)s” has been attached.", name=attachment.name))
        return go(url_for(f"{view_name(self.noun)}.show", pk=pk, tab="files"))

    @expose("/<id:pk>/comments", methods=["POST"])
    @needs("read")
    def comment(self, pk: int) -> Response:
        """Write a comment on the record, for whoever sees it."""
        if not has_comments(self.noun):
            raise NotFound
        try:
            received_comment(self.noun, pk)
        except (BadInput, TooLarge) as error:
            return self._again(pk, first_sentence(error))
        say(msg("Your comment has been saved."))
        return go(url_for(f"{view_name(self.noun)}.show", pk=pk, tab="timeline"))

    @expose("/<id:pk>/files/<id:file_id>/remove", methods=["POST"])
    @needs("update")
    def remove_file(self, pk: int, file_id: int) -> Response:
        """Remove one file from the record, unless it is finished."""
        try:
            self._drop(pk, file_id)
        except Conflict as error:
            return self._again(pk, error)
        say(msg("The file has been removed."))
        return go(url_for(f"{view_name(self.noun)}.show", pk=pk, tab="files"))

    @expose("/<id:pk>/<string:verb>", methods=["POST"])
    @needs("read")
    def act(self, pk: int, verb: str) -> Response:
        """Run one of the noun's verbs."""
        act = allowed_act(self.noun, verb)
        try:
            values = load(act.asks, {asked.name: request.form[asked.name] for asked in act.asks if asked.name in request.form})
            version = read_version(request.form.get("version", ""))
            case = run_act(self.noun, act, pk, version, values)
        except (BadInput, Conflict, Forbidden) as error:
            if self.back_to_board():
                return self.not_moved(pk, act, error)
            if isinstance(error, Forbidden):
                raise
            return self._again(pk, as_sentence(error, act.asks))
        say(WAITS if case is not None else msg("Done: %(verb)s", verb=act.label))
        gone = self.session.get(self.noun.model, pk) is None  # handed to somebody whose records one does not see
        return go(self.back_to_board() or (url_for(f"{view_name(self.noun)}.list") if gone else record_url(self.noun, pk)))

    def _again(self, pk: int, error: KeguanError, record: Any = None) -> Response:
        """The record's page once more, with the sentence that says why nothing was done; ``record`` if it has just been read."""
        if record is None:
            record = self.session.get(self.noun.model, pk)
        if record is None:
            raise error
        page = record_page(self.session, self.nouns, self.noun, record)
        return self.page(replace(page, says=(Say(error.message), *page.says), turned=request.method == "POST"), error.status)


def _waiting(sent: Mapping[str, str]) -> str:
    """Id of the field in another tab that waits for the new record; anything but a plain id is nothing."""
    field = sent.get("into", "")
    return field if re.fullmatch(r"[\w-]{1,40}", field) else ""


def _handed_back(field: str, record: Any) -> Response:
    """What tells the form below, which waits for it, that the record is there and what it is called."""
    response = make_response("", 204)
    response.headers["HX-Trigger"] = json.dumps({"kg:created": {"id": str(record.id), "text": str(record), "field": field}})
    return response


def _seen(record: Any) -> int:
    """The version that the refused form was made for, as far as it can be read; a wrong one stays wrong."""
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else record.version if record is not None else 0
