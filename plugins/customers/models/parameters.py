"""What the rules on customers depend on and each company may set: how often a customer is contacted, by its star grade (R-184, R-317)."""

from __future__ import annotations

from core.database.fields import Field
from core.extension.exchange import ParameterSpec
from core.kernel.words import msg

DAYS = (90, 60, 30, 14, 7)
"""Days between two contacts with a customer of one star, two, three, four and five."""


def _frequency(stars: int, days: int) -> ParameterSpec:
    label, unit = msg("Days between two contacts, star grade %(stars)s", stars=stars), msg("days")
    longer = msg("Customers of this grade that nobody contacted for longer are listed as out of touch.")
    meaning = msg("A customer without a grade counts as one star.") if stars == 1 else longer
    return ParameterSpec(
        f"customers.contact_days_{stars}", label, Field("integer", label), days, meaning, "R-317", unit, least=1, most=3660
    )


PARAMETERS = tuple(_frequency(stars, days) for stars, days in enumerate(DAYS, 1))
