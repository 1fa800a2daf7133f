"""The questions of a form one below the other, each drawn by whoever knows its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from markupsafe import Markup

from core.web.pages.choices import Choices
from core.web.pages.controls import Controls
from core.web.pages.forms import FormField
from core.web.pages.reader import new_id


class Questions:
    """Draws them; ``icon`` draws an icon of the sheet."""

    def __init__(self, icon: Callable[..., Markup]) -> None:
        self.controls = Controls(icon)
        self.choices = Choices(icon, self.controls.below)

    def run(self, fields: Sequence[FormField], other: Callable[[FormField], Markup]) -> Markup:
        """Two short ones that follow each other share a row. ``other`` draws what is neither typed nor chosen."""
        drawn, row_open = [], False
        for field, following in zip_longest(fields, fields[1:]):
            html = self._own(field) or other(field)
            opens = not row_open and field.short and following is not None and following.short
            drawn.append(f'<div class="kg-two">{html}\n' if opens else f"{html}</div>" if row_open else html)
            row_open = opens
        return Markup("\n".join(drawn))  # noqa: S704 (each of them has escaped its parts)

    def _own(self, field: FormField) -> Markup | None:
        if not field.typed and not field.chosen:
            return None
        key = f"f-{field.name}-{new_id()}"
        return self.controls.typed(field, key) if field.typed else self.choices.chosen(field, key)
