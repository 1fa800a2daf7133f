"""How values are shown to people: money, dates, ages, people. Time is stored in UTC and shown in Shanghai."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup, escape

from core.kernel.words import counted, locale, translate, written_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
FORTNIGHT = 14
HUES = (222, 275, 165, 195, 30, 345, 250, 315, 60, 130, 205, 15)
"""Quiet hues of the people's marks, far enough apart to be told from each other."""


class Amount(Protocol):
    """Money as the kernel holds it."""

    @property
    def fen(self) -> int:
        """Integer hundredths of a yuan."""


def money(value: int | Amount, exact: bool = False) -> str:
    """``¥1,234,567.00`` when ``exact``; else, as in lists, without fen where there are none: ``¥1,234,567``. An int is fen."""
    fen = value if isinstance(value, int) else value.fen
    return f"{'-' if fen < 0 else ''}¥{Decimal(abs(fen)) / 100:,.{2 if exact or fen % 100 else 0}f}"


def shown_amount(told: object) -> Markup:
    """An amount as :func:`money` tells it, or any other figure, as HTML: an amount below nothing has the red of what is bad."""
    text = escape(told)
    return Markup('<span class="kg-red">{}</span>').format(text) if text.startswith("-¥") else text


def any_fen(amounts: Iterable[Any]) -> bool:
    """Whether one of the ``amounts`` (fen) that stand below or beside each other has fen: then all of them show two decimals."""
    return any(isinstance(one, int) and one % 100 for one in amounts)


def number(value: int | Decimal | float) -> str:
    """A number with thousands separators and the decimals that it has: ``12,345.5``."""
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return f"{value:,}"


def count(value: int, capped: bool = False) -> str:
    """A count, with ``+`` when counting stopped there: ``10,000+``."""
    return f"{value:,}+" if capped else f"{value:,}"


def local(moment: datetime) -> datetime:
    """The moment on Shanghai's clock; a value without zone is UTC, as the database keeps it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(SHANGHAI)


def day(value: date, today: date) -> str:
    """``3月24日``, with the year when it is another: ``2025年11月6日``; in English ``Mar 24`` and ``Nov 6, 2025``."""
    return written_day("MMMd" if value.year == today.year else "yMMMd", value, str(locale()))


def day_and_time(moment: datetime, today: date) -> str:
    """A day with its time of day, where that matters: ``3月24日 09:42``, Shanghai time."""
    then = local(moment)
    return f"{day(then.date(), today)} {then:%H:%M}"


def weekday(value: date) -> str:
    """The short name of the day of the week: ``周三``, ``Wed``."""
    return format_date(value, "EEE", locale=locale())


def month(value: date) -> str:
    """The name of the month: ``3月``, ``March``."""
    return format_date(value, "LLLL", locale=locale()) if locale().language != "zh" else f"{value.month}月"


def month_of_year(value: date) -> str:
    """The month with its year: ``2026年3月``, ``March 2026``."""
    return written_day("yMMMM", value, str(locale()))


def day_heading(value: date, today: date) -> str:
    """The heading of a day in a timeline: ``今天 3月18日 周三``, ``Today, Wed Mar 18``."""
    heading = _("%(weekday)s %(day)s", weekday=weekday(value), day=day(value, today))
    near = {0: _("Today"), 1: _("Yesterday")}.get((today - value).days)
    return _("%(near)s, %(date)s", near=near, date=heading) if near else heading


def exact_time(moment: datetime) -> str:
    """``2026-03-18 09:42``, Shanghai time."""
    return f"{local(moment):%Y-%m-%d %H:%M}"


def clock_time(moment: datetime) -> str:
    """``09:42``, Shanghai time."""
    return f"{local(moment):%H:%M}"


def relative(moment: datetime, now: datetime, age_days: int = FORTNIGHT) -> str:
    """How long ago: ``今天 09:42``, ``昨天 16:20``, ``3 天前`` up to ``age_days``, then the day."""
    then, today = local(moment), local(now).date()
    days = (today - then.date()).days
    if days == 0:
        return _("Today %(time)s", time=f"{then:%H:%M}")
    if days == 1:
        return _("Yesterday %(time)s", time=f"{then:%H:%M}")
    if 1 < days <= age_days:
        return str(counted("%(count)s day ago", "%(count)s days ago", days))
    return day(then.date(), today)


def due(value: date, today: date) -> str:
    """When something is due: ``逾期 4 天``, ``今天``, ``明天``, else the day. ``late`` says whether it is red."""
    days = (value - today).days
    if days < 0:
        return str(counted("%(count)s day overdue", "%(count)s days overdue", -days))
    if days <= 1:
        return _("Tomorrow") if days else _("Today")
    return day(value, today)


def late(value: date, today: date) -> bool:
    """Whether the day has passed."""
    return value < today


def aged(moment: datetime, now: datetime, limit: int | None) -> bool:
    """Whether the moment lies more than ``limit`` days back; never without a limit."""
    return limit is not None and local(now) - local(moment) > timedelta(days=limit)


def size(octets: int) -> str:
    """The size of a file: ``2.4 MB`` (in Chinese ``2.4 兆``)."""
    if not octets:
        return str(_("%(size)s KB")).replace("%(size)s", "0")
    for unit, limit in ((_("%(size)s KB"), 1024**2), (_("%(size)s MB"), 1024**3)):
        if octets < limit:
            value = octets * 1024 / limit
            return str(unit).replace("%(size)s", f"{value:.1f}".removesuffix(".0") if value >= 1 else "1")
    return _("%(size)s GB", size=f"{octets / 1024**3:.1f}")


def person_hue(identity: int) -> int:
    """The hue of a person's mark, in degrees; one id has one hue for ever."""
    return HUES[identity % len(HUES)]


def surname(name: str) -> str:
    """The one character of a person's mark: the surname's first, or a capital letter."""
    return name.strip()[:1].upper()


def filters(clock: Callable[[], datetime]) -> dict[str, Callable[..., Any]]:
    """The filters of the templates; those that need the present take it from ``clock`` (UTC)."""

    def today() -> date:
        return local(clock()).date()

    return {
        "money": lambda value, exact=False: shown_amount(money(value, exact)),
        "amount": shown_amount,
        "number": number,
        "count": count,
        "day": lambda value: day(value, today()),
        "local_day": lambda moment: local(moment).date(),
        "day_heading": lambda value: day_heading(value, today()),
        "exact_time": exact_time,
        "clock_time": clock_time,
        "relative": lambda moment, age_days=FORTNIGHT: relative(moment, clock(), age_days),
        "due": lambda value: due(value, today()),
        "late": lambda value: late(value, today()),
        "aged": lambda moment, limit: aged(moment, clock(), limit),
        "days_late": lambda value: (today() - value).days,
        "size": size,
    }


def _(text: str, **params: object) -> str:
    translated = translate(text)
    return translated % params if params else translated
