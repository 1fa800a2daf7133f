"""Files of a record on its page and in REST: seen as far as the record is seen, changed by whoever may change it (R-059)."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, request, send_file, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.access.offering import allowed_verbs
from core.audit.reads import note_read
from core.exports.operations import may_export
from core.exports.reading import first_look
from core.kernel.errors import BadInput, NotFound, TooLarge
from core.kernel.words import Message, msg
from core.web import formats
from core.web.access import needs
from core.web.doors import FILE, leaves
from core.web.gate import database_of
from core.web.going import go
from core.web.nouns import Noun
from core.web.pages import FieldKind, FileChip, FormField, Fragment
from core.web.picked import files_key
from core.web.previewing import page_picture, preview_page
from core.web.showing import view_name
from core.work.attachments import attach, attachments_of, detach, headers_for, open_attachment, why_kept
from core.work.file_types import ACCEPTED, ACCEPTED_ON_THE_WAY, MAIL, OFFICE
from core.work.models import Attachment
from core.work.previews import ask_for_preview, can_be_shown, waits_for_office

MOST_SENT = 10
"""Files that may come with the form of a new record."""


def files_block(session: Any, noun: Noun, view: str, record: Any) -> Fragment:
    """The tab with the files of ``record`` and, for whoever may change it, the way to add one."""
    may_change = noun.change is not None and bool(allowed_verbs(session, record, ("update",)))
    files = [(_chip(view, record.id, one), one) for one in attachments_of(session, record)]
    kept = why_kept(record) if files and may_change else None
    context = {
        "files": [
            (
                chip,
                one,
                url_for(f"{view}.remove_file", pk=record.id, file_id=one.id),
                url_for(f"{view}.preview", pk=record.id, file_id=one.id) if can_be_shown(one) else "",
            )
            for chip, one in files
        ],
        "kept": kept,
        "unshown": any(one.media_type in OFFICE and not can_be_shown(one) for _, one in files),
        "action": url_for(f"{view}.add_file", pk=record.id) if may_change else "",
        "accept": ACCEPTED,
        "all": _all_of(noun, record) if files else "",
    }
    return Fragment(name="keguan/blocks/files.html", context=context)


def _all_of(noun: Noun, record: Any) -> str:
    """Where all files of the record are asked for at once; empty for whoever may not let records of the noun out."""
    if not may_export(g.actor, noun.resource):
        return ""
    return url_for("ExportsView.ask", key=files_key(noun.path), picked=record.id)


def attach_sent(session: Any, noun: Noun, record: Any) -> Any:
    """The new ``record``, with the files that came with its form, if any; raises :class:`BadInput` for one that is not accepted."""
    sent = [one for one in request.files.getlist("file") if one.filename] if noun.files else []
    if len(sent) > MOST_SENT:
        raise BadInput(fields={"file": msg("At most %(most)s files at once. Please attach the others afterwards.", most=MOST_SENT)})
    if sent:
        session.flush()
    for one in sent:
        try:
            attach(session, record, one.filename or "", one.stream)
        except (TooLarge, BadInput) as error:
            raise BadInput(fields={"file": first_of(error)}) from error
    return record


def first_of(error: BadInput | TooLarge) -> Message:
    """Why a file was not taken, to be said beside the question for it."""
    return next(iter(error.fields.values()), error.message) if isinstance(error, BadInput) else error.message


def file_question(noun: Noun, error: Message | str = "") -> tuple[FormField, ...]:
    """The question for files of a record that is being written: a photo taken on the way, words recorded there, or any file."""
    if not noun.files:
        return ()
    return (
        FormField(
            "file",
            msg("Photo, recording or file"),
            FieldKind.FILE,
            accept=ACCEPTED_ON_THE_WAY,
            multiple=True,
            on_the_way=True,
            error=error,
        ),
    )


def _chip(view: str, record_id: int, one: Attachment) -> FileChip:
    return FileChip(one.name, url_for(f"{view}.file", pk=record_id, file_id=one.id), formats.size(one.size), icon_of(one.media_type))


def icon_of(media_type: str) -> str:
    """The icon of a file by its type."""
    if media_type == MAIL:
        return "mail"
    return "photo" if media_type.startswith("image/") else "file-type-pdf" if media_type == "application/pdf" else "file-text"


class FilesOfRecord:
    """Endpoints of the files of one noun, for page and REST alike; mixed into both."""

    noun: Noun

    @expose("/<id:pk>/files/<id:file_id>", methods=["GET"])
    @needs("read")
    @leaves(FILE)
    def file(self, pk: int, file_id: int) -> Response:
        """Download one file of the record; pictures, and pictures of its pages, may be shown inside a page."""
        self._demand_files()
        attachment, path = open_attachment(database_of().session(), file_id)
        self._belongs(attachment, pk)
        if "page" in request.args:
            return page_picture(attachment, path, request.args["page"])
        response = send_file(path, mimetype=attachment.media_type, conditional=False)
        response.headers.update(headers_for(attachment, inline=request.args.get("inline") == "1"))
        return response

    def _demand_files(self) -> None:
        if not self.noun.files:
            raise NotFound

    def _belongs(self, attachment: Attachment, pk: int) -> None:
        if attachment.table_name != self.noun.model.__tablename__ or attachment.record_id != pk:
            raise NotFound

    def _receive(self, pk: int) -> Attachment:
        """Take the uploaded file in; raises :class:`BadInput` when there is none."""
        self._demand_files()
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise BadInput(fields={"file": msg("Please choose a file.")})
        with database_of().transaction() as session:
            record = session.get(self.noun.model, pk)
            if record is None:
                raise NotFound
            return attach(session, record, sent.filename, sent.stream)

    def _drop(self, pk: int, file_id: int) -> None:
        self._demand_files()
        with database_of().transaction() as session:
            attachment, _ = open_attachment(session, file_id)
            self._belongs(attachment, pk)
            detach(session, file_id)


class PreviewsOfFiles:
    """Looking at a file on a page of its own; mixed into the view of a noun."""

    noun: Noun
    session: Any
    page: Any
    _demand_files: Any
    _belongs: Any

    @expose("/<id:pk>/files/<id:file_id>/preview", methods=["GET"])
    @needs("read")
    def preview(self, pk: int, file_id: int) -> Response:
        """The file as pictures, or why there are none."""
        self._demand_files()
        attachment, path = open_attachment(self.session, file_id)
        self._belongs(attachment, pk)
        answer: Response = self.page(preview_page(view_name(self.noun), pk, attachment, path))
        first_look(g.actor, file_id)  # the pictures on the page leave no further row
        note_read(self.session, "preview", self.noun.model, [pk], subject=attachment.name, sha256=attachment.sha256)
        return answer

    @expose("/<id:pk>/files/<id:file_id>/preview", methods=["POST"])
    @needs("read")
    def make_preview(self, pk: int, file_id: int) -> Response:
        """Let a worker make the preview of an office document."""
        self._demand_files()
        attachment, _ = open_attachment(self.session, file_id)
        self._belongs(attachment, pk)
        if waits_for_office(attachment) and can_be_shown(attachment):
            with database_of().transaction() as session:
                ask_for_preview(session, attachment)
        return go(url_for(f"{view_name(self.noun)}.preview", pk=pk, file_id=file_id, making=1))


class RestFiles(FilesOfRecord):
    """Files in REST."""

    @expose("/<id:pk>/files", methods=["GET"])
    @needs("read")
    def files(self, pk: int) -> Response:
        """Files of the record."""
        self._demand_files()
        session = database_of().session()
        record = session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        return jsonify({"result": [_as_json(one) for one in attachments_of(session, record)]})

    @expose("/<id:pk>/files", methods=["POST"])
    @needs("update")
    def add_file(self, pk: int) -> tuple[Response, int]:
        """Add the file sent as multipart field ``file``."""
        return jsonify({"result": _as_json(self._receive(pk))}), 201

    @expose("/<id:pk>/files/<id:file_id>", methods=["DELETE"])
    @needs("update")
    def remove_file(self, pk: int, file_id: int) -> Response:
        """Remove a file from the record."""
        self._drop(pk, file_id)
        return jsonify({"message": "OK"})


def _as_json(one: Attachment) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "media_type": one.media_type, "size": one.size, "sha256": one.sha256}
