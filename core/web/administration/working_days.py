"""The working days of a year as a calendar, and the days that the company sets itself."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from flask import g, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.administration import forget_day, set_day
from core.database.fields import Field
from core.kernel.choices import Choice
from core.kernel.clock import today
from core.kernel.errors import BadInput, KeguanError, Malformed
from core.kernel.words import msg
from core.kernel.working_days import FIRST_YEAR, LAST_YEAR, holiday_of, is_public_working_day, is_published
from core.organisation.models import CompanyDay
from core.web import formats
from core.web.access import needs
from core.web.administration.settings import one_sentence, typed
from core.web.going import go
from core.web.input import read_version
from core.web.pages import CalendarDay, CalendarMonth, CalendarPage, Link, Say, SettingGroup, SettingRow, Tag, Tone, Verb
from core.web.shell import say
from core.web.showing import form_field
from core.web.values import load
from core.web.views import PluginView


class DayKind(Choice):
    """What a company makes of a day."""

    OFF = "off", msg("Day off")
    WORK = "work", msg("Working day")


ASKED = (
    Field("date", msg("Day"), "day", required=True),
    Field("choice", msg("Type of day"), "kind", required=True, choices=DayKind),
    Field("text", msg("Note"), "note", max_length=120),
)


WEEK = 5  # days of the week that are usually worked


class WorkingDaysView(PluginView):
    """The company's calendar."""

    route_base = "/working-days"
    resource = "core.calendar"

    @expose("/")
    @needs("read")
    def year(self, error: KeguanError | None = None) -> Response:
        """Twelve months; ``?year=`` names another year."""
        year = _year()
        own = {row.day: row for row in self.session.scalars(select(CompanyDay).order_by(CompanyDay.day)) if row.day.year == year}
        says = [Say(one_sentence(error, {field.name: field.label for field in ASKED}))] if error else []
        if not is_published(year):
            unknown = msg("The public holidays of %(year)s are not known yet: Monday to Friday count as working days.", year=year)
            says.append(Say(unknown, Tone.WAIT))
        shown = range(max(FIRST_YEAR, year - 1), year + 2)
        page = CalendarPage(
            title=msg("Working days of %(year)s", year=year),
            place=msg("Working days"),
            year=year,
            months=tuple(_month(year, number, own) for number in range(1, 13)),
            weekdays=tuple(formats.weekday(date(2024, 1, day)) for day in range(1, 8)),
            years=tuple(Link(str(one), url_for("WorkingDaysView.year", year=one), current=one == year) for one in shown),
            own=SettingGroup(
                msg("Days that the company sets itself"),
                tuple(self._row(row) for row in own.values()),
                msg("The company follows the public calendar."),
            ),
            lead=msg("Periods in working days are counted by this calendar. It knows the public holidays up to %(year)s.", year=LAST_YEAR),
            says=tuple(says),
            verbs=self._verbs(year),
        )
        return self.page(page, error.status if error else 200)

    def _verbs(self, year: int) -> tuple[Verb, ...]:
        if not g.actor.may(self.resource, "update"):
            return ()
        asked = tuple(form_field(self.nouns, field, typed(field.name)) for field in ASKED)
        return (Verb(msg("Set a day"), url_for("WorkingDaysView.set", year=year), "plus", fields=asked, primary=True),)

    def _row(self, row: CompanyDay) -> SettingRow:
        kind = DayKind.WORK if row.working else DayKind.OFF
        address = url_for("WorkingDaysView.forget", pk=row.id, year=row.day.year)
        back = Verb(msg("Follow the public calendar"), address, "x", (("version", str(row.version)),))
        return SettingRow(
            f"{row.day} {formats.weekday(row.day)}",
            row.note or "",
            tags=(Tag(kind.label, Tone.RUN if row.working else Tone.IDLE),),
            verbs=(back,) if g.actor.may(self.resource, "update") else (),
        )

    @expose("/", methods=["POST"])
    @needs("update")
    def set(self) -> Response:
        """Make a day a working day or a day off."""
        try:
            values = load(ASKED, {field.name: request.form.get(field.name, "") for field in ASKED})
            self.use_case(lambda session: _set(session, values))
        except BadInput as error:
            return self.year(error)  # type: ignore[no-any-return]  # FAB's decorator is untyped
        say(msg("The day is set."))
        return go(url_for("WorkingDaysView.year", year=values["day"].year))

    @expose("/<id:pk>/forget", methods=["POST"])
    @needs("update")
    def forget(self, pk: int) -> Response:
        """Follow the public calendar on that day again."""
        version = read_version(request.form.get("version", ""))
        self.use_case(lambda session: forget_day(session, pk, version))
        say(msg("The day follows the public calendar again."))
        return go(url_for("WorkingDaysView.year", year=_year()))


def _set(session: Any, values: dict[str, Any]) -> CompanyDay:
    return set_day(session, values["day"], working=values["kind"] is DayKind.WORK, note=values.get("note"))


def _year() -> int:
    asked = request.args.get("year", "")
    if not asked:
        return today().year
    if not (asked.isascii() and asked.isdigit() and len(asked) == 4 and 1900 <= int(asked) < 2200):
        raise Malformed(msg("The year must lie between 1900 and 2199. Please check it."))
    return int(asked)


def _month(year: int, number: int, own: dict[date, CompanyDay]) -> CalendarMonth:
    blank, length = calendar.monthrange(year, number)
    days = [date(year, number, day) for day in range(1, length + 1)]
    working = sum(own[day].working if day in own else is_public_working_day(day) for day in days)
    return CalendarMonth(formats.month(days[0]), blank, tuple(_day(day, own.get(day)) for day in days), working)


def _day(day: date, own: CompanyDay | None) -> CalendarDay:
    works = own.working if own is not None else is_public_working_day(day)
    holiday = holiday_of(day)
    special = holiday is not None and own is None
    kind = ("worked" if works else "holiday") if special else "work" if works else "off"
    mark = (msg("work") if works else msg("off")) if works != (day.weekday() < WEEK) else ""
    return CalendarDay(day, kind, own is not None, (own.note or "") if own is not None else holiday or "", mark)
