"""What a company may set for its service, and the words it chooses from (R-060, R-061)."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import CodeListSpec, ParameterSpec
from core.kernel.words import Message, msg

HOURS, DAYS = msg("hours"), msg("working days")


def _number(
    name: str, label: Message, default: int, unit: Message | None, most: int, source: str = "R-377", least: int = 1
) -> ParameterSpec:
    return ParameterSpec(f"service.{name}", label, Field("integer", label), default, source=source, unit=unit, least=least, most=most)


PARAMETERS: tuple[ParameterSpec, ...] = (
    _number("answer_hours", msg("Working hours in which a request is answered"), 4, HOURS, 200),
    _number("urgent_answer_hours", msg("Working hours in which an urgent request is answered"), 1, HOURS, 200),
    _number("handle_days", msg("Working days in which a request is handled"), 3, DAYS, 200),
    _number("urgent_handle_days", msg("Working days in which an urgent request is handled"), 1, DAYS, 200),
    _number("opens_at", msg("Service opens at"), 9, msg("o'clock"), 12, least=0),
    _number("closes_at", msg("Service closes at"), 18, msg("o'clock"), 24, least=13),
    ParameterSpec(
        "service.refuse_overlap",
        msg("Refuse dispatch orders that overlap"),
        Field("flag", msg("Refuse dispatch orders that overlap")),
        True,
        msg("If not, the person who issues the order is only warned."),
        source="R-246",
    ),
)

CODE_LISTS: tuple[CodeListSpec, ...] = (
    CodeListSpec(
        "service.kind",
        msg("Kinds of service"),
        (
            ("repair", msg("Repair")),
            ("maintenance", msg("Maintenance")),
            ("installation", msg("Installation and commissioning")),
            ("consultation", msg("Consultation")),
            ("training", msg("Training")),
            ("parts", msg("Spare parts")),
            ("return", msg("Return or exchange")),
            ("complaint", msg("Complaint")),
            ("suggestion", msg("Suggestion")),
            ("objection", msg("Objection")),
            ("other", msg("Other service")),
        ),
    ),
)
