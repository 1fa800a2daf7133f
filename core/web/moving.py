"""The endpoint of each noun by which its records are moved to another day of the calendar."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_appbuilder import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.access.guard import look_for
from core.database.fields import Field
from core.kernel.errors import BadInput, Conflict, KeguanError, NotFound, StaleVersion
from core.kernel.words import Message, msg, on_day
from core.web.access import needs
from core.web.changing import demand_open, fields_in_place
from core.web.events import calendar_address, events_page, moved_value
from core.web.going import go
from core.web.input import read_version
from core.web.list_days import SENT, days_again, days_page
from core.web.lists.addresses import offered_pairs
from core.web.nouns import Noun
from core.web.pages import Page, Say
from core.web.shapes import days_of, planned_days
from core.web.shell import say
from core.web.showing import view_name
from core.web.taking_back import own_last_change
from core.web.values import load

DAY = Field("date", msg("Day"), "day", required=True)


class OnAnotherDay:
    """The move of one record to another day; mixed into the view of a noun."""

    noun: Noun
    nouns: Any
    session: Any
    page: Any
    _change: Any

    @expose("/<id:pk>/day", methods=["POST"])
    @needs("update")
    def move(self, pk: int) -> Response:
        """Give one of its days the value that was sent, and go back to the calendar; a refusal is told there."""
        record = look_for(self.session, self.noun.model, "update", pk)
        days, planned = [name for name in days_of(self.noun) if name in fields_in_place(self.noun)], planned_days(self.noun)
        name = request.form.get("field", "") or next(iter(sorted(days, key=lambda one: one not in planned)), "")
        if name not in days:
            raise NotFound
        try:
            if name not in planned:  # never by a slip of the hand
                raise Conflict(msg("What was done stays on its day. Please correct a mistake on the record itself."))
            demand_open(self.noun, record, name)
            version = read_version(request.form.get("version", ""))
            day = load([DAY], {"day": request.form.get("day", "")})["day"]
            waits = self._change(pk, version, {name: moved_value(self.noun, record, name, day)})
        except (BadInput, Conflict) as error:
            answer: Response = self.page(self._not_moved((Say(_sentence(error)),)), error.status)
            return answer
        there = days_again(self.noun, asked) if (asked := self._of_list()) is not None else calendar_address(request.form)
        if waits is not None:
            say(waits)
        else:
            say(msg("Moved to %(day)s.", day=on_day(day)), self._back(pk, there))
        return go(there)

    def _of_list(self) -> str | None:
        """What the calendar of the list was asked for that the record was moved on; None for the calendar of everything."""
        return request.form.get("asked", "") if request.form.get("next") == SENT else None

    def _not_moved(self, says: tuple[Say, ...]) -> Page:
        asked = self._of_list()
        if asked is None:
            return events_page(self.session, self.nouns, request.form, says)
        return days_page(self.session, self.nouns, self.noun, MultiDict(offered_pairs(self.noun, asked)), says)

    def _back(self, pk: int, there: str) -> str:
        """The way to take the move back, if it was the last change of the record."""
        if own_last_change(self.session, self.noun, pk) is None:
            return ""
        version = self.session.get(self.noun.model, pk).version
        return url_for(f"{view_name(self.noun)}.take_back", pk=pk, version=version, next=there)


def _sentence(error: KeguanError) -> Message:
    """What is wrong, in one sentence."""
    if isinstance(error, StaleVersion):
        return msg("Someone else has changed the record in the meantime, so it was not moved. Please move it again.")
    if isinstance(error, BadInput) and error.fields:
        return next(iter(error.fields.values()))
    return error.message
