"""Comments on a record's page: written and read by whoever sees the record, with colleagues who are offered after an @."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import jsonify, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.offering import allowed_verbs
from core.kernel.errors import BadInput, Malformed, NotFound
from core.kernel.words import msg
from core.organisation.models import Employee
from core.web.access import needs
from core.web.codes import code_label
from core.web.gate import database_of
from core.web.input import body_of
from core.web.nouns import Noun
from core.web.pages import CommentBox
from core.web.showing import view_name
from core.work.comments import comments_of, mentionable, write_comment
from core.work.file_types import ACCEPTED
from core.work.models import LONGEST_COMMENT, Comment

COMMENTED = "comment"


def has_comments(noun: Noun) -> bool:
    """Whether records of ``noun`` can be commented on: those of business, not those by which the house is kept."""
    return noun.plugin != "core"


def comment_box(session: Any, noun: Noun, record: Any) -> CommentBox:
    """The place to write a comment; a file may be added by whoever may change the record."""
    view = view_name(noun)
    refused = request.endpoint == f"{view}.{COMMENTED}"
    may_attach = noun.files and noun.change is not None and bool(allowed_verbs(session, record, ("update",)))
    return CommentBox(
        action=url_for(f"{view}.{COMMENTED}", pk=record.id, tab="timeline"),
        people_href=url_for(f"{view}.mentionable", pk=record.id),
        text=request.form.get("text", "") if refused else "",
        max_length=LONGEST_COMMENT,
        accept=ACCEPTED if may_attach else "",
        folded=bool(noun.composer) and not refused,
    )


def received_comment(noun: Noun, pk: int) -> Comment:
    """Take the posted comment in, by its verb."""
    sent = request.files.get("file")
    file = (sent.filename, sent.stream) if sent is not None and sent.filename else None
    mentioned = request.form.getlist("mentioned")
    if not all(_is_id(one) for one in mentioned):
        raise BadInput(fields={"text": msg("A colleague whom you mention may not see this record. Please choose from those offered.")})
    with database_of().transaction() as session:
        return write_comment(
            session,
            noun.model,
            pk,
            request.form.get("text", ""),
            mentioned=[int(one) for one in mentioned],
            url=f"/{noun.path}/{pk}?tab=timeline",
            file=file if noun.files else None,
        )


class RestComments:
    """Comments in REST; mixed into the REST class of a noun."""

    noun: Noun

    @expose("/<id:pk>/comments", methods=["GET"])
    @needs("read")
    def comments(self, pk: int) -> Response:
        """The newest fifty comments on the record; ``?before=`` takes the id of a comment and goes on with older ones."""
        self._demand_comments()
        session = database_of().session()
        before = request.args.get("before")
        if before is not None and not _is_id(before):
            raise Malformed(msg("“%(name)s” has the wrong type.", name="before"))
        found = comments_of(session, self.noun.model, pk, before=int(before) if before is not None else None)
        return jsonify({"ids": [one.id for one in found], "result": _as_json(session, found)})

    @expose("/<id:pk>/comments", methods=["POST"])
    @needs("read")
    def add_comment(self, pk: int) -> tuple[Response, int]:
        """Write a comment: ``text``, and ``mentioned``, ids of colleagues who see the record and are told."""
        self._demand_comments()
        if database_of().session().get(self.noun.model, pk) is None:
            raise NotFound
        sent = body_of(text=str, mentioned=list)
        text, mentioned = sent["text"], sent["mentioned"]
        if not all(type(one) is int and 0 < one < 10**18 for one in mentioned):
            raise Malformed(msg("“%(name)s” has the wrong type.", name="mentioned"))
        with database_of().transaction() as session:
            url = f"/{self.noun.path}/{pk}?tab=timeline"
            comment = write_comment(session, self.noun.model, pk, text, mentioned=mentioned, url=url)
        return jsonify({"id": comment.id, "result": _as_json(database_of().session(), [comment])[0]}), 201

    def _demand_comments(self) -> None:
        if not has_comments(self.noun):
            raise NotFound


def _as_json(session: Any, comments: Sequence[Comment]) -> list[dict[str, Any]]:
    """Comments with the names of who wrote them and who was mentioned, as far as those are colleagues still."""
    ids = {one.author_id for one in comments} | {employee for one in comments for employee in one.mentioned}
    names: dict[int, str] = dict(session.execute(select(Employee.id, Employee.name).where(Employee.id.in_(sorted(ids)))).all())
    return [
        {
            "id": one.id,
            "at": one.created_at.isoformat(),
            "author": _person(names, one.author_id),
            "text": one.text,
            "mentioned": [_person(names, employee) for employee in one.mentioned],
            "file": one.attachment_id,
        }
        for one in comments
    ]


def _person(names: Mapping[int, str], employee_id: int) -> dict[str, Any]:
    return {"id": employee_id, "text": names.get(employee_id, "")}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


class CommentsOfRecord:
    """Whom one may mention on a record of one noun; mixed into its page."""

    noun: Noun

    @expose("/<id:pk>/mentionable")
    @needs("read")
    def mentionable(self, pk: int) -> Response:
        """Colleagues who see the record, as JSON for the list under an @."""
        session = database_of().session()
        record = session.get(self.noun.model, pk) if has_comments(self.noun) else None
        if record is None:
            raise NotFound
        found = mentionable(session, record, request.args.get("q", "").strip()[:40])
        items = [
            {
                "id": str(one.id),
                "text": one.name,
                "hint": str(code_label(type(one).fields()["position"], one.position)) if one.position else "",
            }
            for one in found
        ]
        return jsonify({"items": items, "more": False})
