"""While a name or a key is typed, what is called alike already: among the records that the person sees, and of no other a word (C-01).

A noun declares by ``alike`` for which fields; the wider look at customers of others is a channel of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask_appbuilder import expose
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.access.field_rights import may_query
from core.database.search import search_ids, searchable
from core.kernel.acting import acting
from core.web.access import needs
from core.web.nouns import Noun
from core.web.showing import readable, record_url

SHORTEST, MOST, LOOKED_AT = 2, 5, 50
"""Characters from which on it is looked, records that are shown, and records that are compared for them."""


def may_hint(noun: Noun, name: str) -> bool:
    """Whether what is typed into the field is looked for: declared, and readable to the person, with all that a search covers."""
    who = acting()
    if name not in noun.alike or not may_query(who, noun.model, name):
        return False
    return not noun.fields[name].searchable or all(may_query(who, noun.model, one) for one in searchable(noun.model))


def called_alike(session: Session, noun: Noun, sent: Mapping[str, str]) -> Sequence[Any]:
    """At most :data:`MOST` records whose field begins as what was sent; a key that nobody searches by must be the same altogether."""
    name = next((one for one in noun.alike if one in sent), "")
    text = sent.get(name, "").strip()[:200]
    if len(text) < SHORTEST or not may_hint(noun, name):
        return ()
    if not noun.fields[name].searchable:
        return session.scalars(select(noun.model).where(getattr(noun.model, name) == text).order_by(noun.model.id).limit(MOST)).all()
    asked = select(noun.model).where(noun.model.id.in_(search_ids(session, noun.model, text))).order_by(noun.model.id.desc())
    found = session.scalars(asked.limit(LOOKED_AT)).all()
    return [one for one in found if _key(getattr(one, name)).startswith(_key(text))][:MOST]


class AlikeRecords:
    """Endpoint of the hint while a name is typed; mixed into the view of a noun."""

    noun: Noun
    session: Any

    @expose("/alike")
    @needs("create")
    def alike(self) -> Response:
        """What is called as what is being typed, among the records that the person sees."""
        found = [
            (record_url(self.noun, one.id), str(one), _about(self.noun, one)) for one in called_alike(self.session, self.noun, request.args)
        ]
        return Response(render_template("keguan/alike.html", found=found), mimetype="text/html")


def _about(noun: Noun, record: Any) -> str:
    """Whose part the record is, so that two contacts of one name are told apart."""
    parent = getattr(noun.model, "__parent__", "")
    return str(getattr(record, parent) or "") if parent and readable(noun, parent) else ""


def _key(text: Any) -> str:
    return "".join(str(text or "").casefold().split())
