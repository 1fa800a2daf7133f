"""Comments on a record's page: written and read by whoever sees the record, with colleagues who are offered after an @."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.access.offering import allowed_verbs
from core.kernel.errors import BadInput, NotFound
from core.kernel.words import msg
from core.web.access import needs
from core.web.codes import code_label
from core.web.gate import database_of
from core.web.nouns import Noun
from core.web.pages import CommentBox
from core.web.showing import view_name
from core.work.comments import mentionable, write_comment
from core.work.file_types import TYPES
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
        accept=",".join(f".{ending}" for ending in sorted(TYPES)) if may_attach else "",
        folded=bool(noun.composer) and not refused,
    )


def received_comment(noun: Noun, pk: int) -> Comment:
    """Take the posted comment in, by its verb."""
    sent = request.files.get("file")
    file = (sent.filename, sent.stream) if sent is not None and sent.filename else None
    mentioned = request.form.getlist("mentioned")
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in mentioned):
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
