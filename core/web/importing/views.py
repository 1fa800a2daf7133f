"""Importing on pages: hand a file in, map its columns, have it tried, let it in, read the report."""

from __future__ import annotations

import io
from typing import Any

from flask import current_app, g, redirect, request, send_file, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.errors import BadInput, Conflict, NotFound, TooLarge
from core.kernel.words import msg
from core.web.access import member
from core.web.doors import BLANK, OWN, leaves
from core.web.going import go
from core.web.importing.asking import Said, map_page, title_of, upload_page
from core.web.importing.past import past_page, records_page
from core.web.importing.showing import progress_page
from core.web.pages import Say
from core.web.shell import say
from core.web.views import PluginView
from core.work.blank_forms import XLSX, blank_form
from core.work.file_names import content_disposition, of_rejected_rows
from core.work.import_fields import offer_of
from core.work.import_jobs import rejected_rows
from core.work.import_models import ImportFile
from core.work.importing import (
    call_off,
    commit_file,
    discard_file,
    drop_profile,
    found_file,
    map_file,
    receive_file,
    run_of_file,
    target_for,
)
from core.work.models import Job


class ImportsView(PluginView):
    """Files on their way in. Who may import what is asked in every step; a file is seen by whoever handed it in alone."""

    route_base = "/imports"

    @expose("/")
    @member
    def imports(self) -> Response:
        """What may be imported, what waits, and what has been imported."""
        return self.page(past_page(self.session, self.nouns))

    @expose("/new/<string:key>")
    @member
    def new(self, key: str, error: Any = None, status: int = 200) -> Response:
        """The first step."""
        target_for(key)
        typed = request.form.get("rows", "") if error is not None else ""
        return self.page(upload_page(self.nouns, key, current_app.config["MAX_CONTENT_LENGTH"], typed, error), status)

    @expose("/new/<string:key>", methods=["POST"])
    @member
    def receive(self, key: str) -> Response:
        """Take the file in, or the rows that were pasted."""
        target_for(key)
        sent = request.files.get("file")
        pasted = request.form.get("rows", "")
        try:
            if sent is not None and sent.filename:
                name, stream = sent.filename, sent.stream
            elif pasted.strip():
                name, stream = str(msg("Pasted rows")), io.BytesIO(pasted.strip("\r\n").encode("utf-8", "surrogatepass"))
            else:
                raise BadInput(fields={"file": msg("Please choose a file.")})
            file = self.use_case(lambda session: receive_file(session, key, name, stream))
        except (BadInput, TooLarge) as error:
            return self.new(key, error, error.status)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        return redirect(url_for("ImportsView.mapping", pk=file.id), 303)

    @expose("/new/<string:key>/blank")
    @member
    @leaves(BLANK)
    def blank(self, key: str) -> Response:
        """An empty form to fill in: a spreadsheet with the columns, and a sheet that explains them."""
        target = target_for(key)
        made = blank_form(self.session, offer_of(target))
        response = send_file(made, mimetype=XLSX)
        response.headers["Content-Disposition"] = content_disposition(f"{title_of(self.nouns, key)}.xlsx")
        return response

    @expose("/<id:pk>/map")
    @member
    def mapping(self, pk: int, given: Said | None = None, error: BadInput | None = None) -> Response:
        """The second step: what the columns mean."""
        file = found_file(self.session, pk)
        if not file.sha256 or file.import_job_id is not None:
            return redirect(url_for("ImportsView.show", pk=pk), 303)
        page = map_page(self.session, self.nouns, file, given, request.args.get("profile", ""), error)
        return self.page(page, error.status if error is not None else 200)

    @expose("/<id:pk>/map", methods=["POST"])
    @member
    def map(self, pk: int) -> Response:
        """Keep what was said, and have every row tried."""
        given = self._given(found_file(self.session, pk))
        try:
            self.use_case(lambda session: map_file(session, pk, given.columns, given.key, given.name))
        except BadInput as error:
            return self.mapping(pk, given, error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        return redirect(url_for("ImportsView.show", pk=pk), 303)

    def _given(self, file: ImportFile) -> Said:
        columns = {column: request.form.get(f"field-{place}", "") for place, column in enumerate(file.head["columns"])}
        key = tuple(request.form.get("key", "").split(","))
        return Said({column: field for column, field in columns.items() if field}, key, request.form.get("name", ""))

    @expose("/<id:pk>")
    @member
    def show(self, pk: int, says: tuple[Say, ...] = (), status: int = 200) -> Response:
        """How far the try or the import is, and what came of it."""
        file = found_file(self.session, pk)
        job_id = file.import_job_id or file.check_job_id
        if job_id is None:
            return redirect(url_for("ImportsView.mapping", pk=pk), 303)
        run = run_of_file(self.session, file, dry_run=file.import_job_id is None)
        return self.page(progress_page(self.nouns, file, run, self.session.get(Job, job_id), says), status)

    @expose("/<id:pk>/commit", methods=["POST"])
    @member
    def commit(self, pk: int) -> Response:
        """Let the rows in, or go on where it was stopped."""
        return self._step(pk, commit_file)

    @expose("/<id:pk>/cancel", methods=["POST"])
    @member
    def cancel(self, pk: int) -> Response:
        """Stop what is under way."""
        return self._step(pk, call_off)

    def _step(self, pk: int, verb: Any) -> Response:
        try:
            self.use_case(lambda session: verb(session, pk))
        except Conflict as error:
            return self.show(pk, (Say(error.message),), error.status)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        return redirect(url_for("ImportsView.show", pk=pk), 303)

    @expose("/<id:pk>/discard", methods=["POST"])
    @member
    def discard(self, pk: int) -> Response:
        """Throw a file away that has not been imported."""
        try:
            self.use_case(lambda session: discard_file(session, pk))
        except Conflict as error:
            return self.show(pk, (Say(error.message),), error.status)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("The file has been discarded."))
        return go(url_for("ImportsView.imports"))

    @expose("/<id:pk>/rejected")
    @member
    @leaves(OWN)
    def rejected(self, pk: int) -> Response:
        """The rejected rows of the latest step, as they were handed in, with the reasons."""
        file = found_file(self.session, pk)
        run = run_of_file(self.session, file, dry_run=file.import_job_id is None)
        path = rejected_rows(self.session, run) if run is not None and run.asked_by_id == g.actor.employee_id else None
        if path is None:
            raise NotFound
        response = send_file(path, mimetype="text/csv", conditional=False)
        response.headers["Content-Disposition"] = content_disposition(of_rejected_rows(file.name))
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    @expose("/<id:pk>/records/<string:kind>")
    @member
    def records(self, pk: int, kind: str) -> Response:
        """The records that the import has created, or changed."""
        return self.page(records_page(self.session, self.nouns, found_file(self.session, pk), kind))

    @expose("/mappings/<id:pk>/drop", methods=["POST"])
    @member
    def drop(self, pk: int) -> Response:
        """Delete a kept mapping."""
        self.use_case(lambda session: drop_profile(session, pk))
        say(msg("The mapping has been deleted."))
        return go(url_for("ImportsView.imports"))
