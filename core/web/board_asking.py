"""What a verb asks before it runs, beside the board on which a card was moved: the questions of the record's page, in a drawer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from flask_appbuilder import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.access.offering import allowed_verbs
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, NotFound
from core.kernel.words import Message
from core.web.access import needs
from core.web.board_moves import ASKING
from core.web.boards import board_again, board_page
from core.web.lists.addresses import offered_pairs
from core.web.nouns import Act, Noun, Nouns
from core.web.pages import FieldSet, FormPage, Link, Say, Tone
from core.web.record_verbs import refusal
from core.web.sentences import as_sentence
from core.web.shapes import has_board
from core.web.showing import form_field, record_url, texts_of
from core.web.verbs import allowed_act

BOARD = "board"
"""What a form says in ``next`` that was sent from a board; ``asked`` is what the board's address said."""


class AsksOnBoard:
    """The questions of a verb, and the way back to the board; mixed into the view of a noun."""

    noun: Noun
    nouns: Nouns
    session: Any
    page: Callable[..., Response]

    @expose(f"/<id:pk>/{ASKING}/<string:verb>")
    @needs("read")
    def ask(self, pk: int, verb: str) -> Response:
        """What the verb asks, as a form that leads back to the board; 409 where it is not possible now."""
        act, record = allowed_act(self.noun, verb), self._record(pk)
        if act.right not in allowed_verbs(self.session, record, [act.right]):
            raise Forbidden(right=(self.noun.resource, act.right))
        if reason := refusal(self.session, act, record):
            raise Conflict(reason)
        return self.page(self._questions(act, record, request.args.get("asked", ""), {}))

    def back_to_board(self) -> str:
        """The board that the form was sent from; empty for a form of another page."""
        if request.form.get("next") != BOARD or not has_board(self.noun):
            return ""
        return board_again(self.noun, request.form.get("asked", ""))

    def not_moved(self, pk: int, act: Act, error: KeguanError) -> Response:
        """Where the card was moved from, with the sentence that says why it was not: the questions once more, or the board."""
        asked = request.form.get("asked", "")
        if request.form.get(ASKING):
            return self.page(self._questions(act, self._record(pk), asked, request.form, error), error.status)
        says = (Say(as_sentence(error, act.asks).message),)
        return self.page(board_page(self.session, self.nouns, self.noun, MultiDict(offered_pairs(self.noun, asked)), says), error.status)

    def _record(self, pk: int) -> Any:
        record = self.session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        return record

    def _questions(self, act: Act, record: Any, asked: str, typed: Mapping[str, str], error: KeguanError | None = None) -> FormPage:
        noun, back = self.noun, board_again(self.noun, asked) if has_board(self.noun) else record_url(self.noun, record.id)
        asks = {one.name: one for one in act.asks}
        told: Mapping[str, Message] = error.fields if isinstance(error, BadInput) else {}
        wrong = {name: sentence for name, sentence in told.items() if name in asks}
        texts = texts_of(self.session, self.nouns, asks, typed)
        fields = tuple(
            form_field(self.nouns, one, typed.get(one.name, ""), error=wrong.get(one.name, ""), shown=texts.get(one.name, ""))
            for one in act.asks
        )
        says = (Say(act.confirm, Tone.WAIT),) if act.confirm else ()
        return FormPage(
            title=act.label,
            crumbs=(Link(noun.plural, back), Link(str(record), record_url(noun, record.id))),
            back=Link(noun.plural, back),
            action=f"{record_url(noun, record.id)}/{act.verb}",
            groups=(FieldSet(str(record), fields),),
            submit=act.label,
            cancel_href=back,
            hidden=(("version", str(record.version)), ("next", BOARD), ("asked", asked), (ASKING, "1")),
            says=(*says, *((Say(as_sentence(error, act.asks).message),) if error is not None and not wrong else ())),
        )
