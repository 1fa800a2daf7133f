"""A profile meets a file: its columns are bound by their names, then every row becomes values or a list of problems.

>>> binding = bind(load_profile(Path("config/profiles/listed-companies.toml")), table.columns)
>>> for row in table.rows():
...     outcome = binding.convert(row)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from core.work.conversions import CONVERSIONS, CellError, Value, trimmed
from core.work.profiles import Column, Profile, Spread, load_profile, pick
from core.work.rows import Problem, RawRow


@dataclass(frozen=True, slots=True)
class Converted:
    """One good row: its fields, its business key, and the line it came from.

    A field whose cell is empty and has no default is left out: a file never empties what somebody filled in.
    """

    number: int
    key: tuple[Value, ...]
    values: dict[str, Value]


@dataclass(frozen=True)
class Binding:
    """A profile bound to the columns of one file.

    ``absent`` are fields for which the file has no column, ``ignored`` columns that no field wants: both are shown before an import.
    """

    profile: Profile
    bound: tuple[tuple[Column, str], ...]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]

    def convert(self, row: RawRow) -> Converted | list[Problem]:
        """The row as values, or everything that is wrong with it at once."""
        if row.problems:
            return list(row.problems)
        values: dict[str, Value] = dict(self.profile.constants)
        problems: list[Problem] = []
        for column, source in self.bound:
            cell = row.values[source]
            try:
                value = _value(column, cell)
            except CellError as error:
                problems.append(Problem(row.number, source, cell, error.reason))
            else:
                if value is not None:
                    values[column.target] = value
        return problems or Converted(row.number, tuple(values[name] for name in self.profile.key), values)

    def key_cells(self, row: RawRow) -> tuple[str, ...]:
        """What the cells of the business key say, before anything is read into them."""
        return tuple(trimmed(row.values.get(source, "")) for source in self._key_sources)

    @cached_property
    def _key_sources(self) -> tuple[str, ...]:
        sources = {column.target: source for column, source in self.bound}
        return tuple(sources.get(name, "") for name in self.profile.key)


def _value(column: Column, cell: str) -> Value | None:
    text = trimmed(cell)
    if text:
        return CONVERSIONS[column.convert](text, column.rules)
    if column.default is None and column.required:
        raise CellError(msg("This cell must not be empty."))
    return column.default


def bind(profile: Profile, columns: tuple[str, ...]) -> Binding:
    """Find the column of every field, whatever its order, by any of its names (case, width and spaces do not matter).

    Raises :class:`BadInput` naming the needed columns that are missing and those that the file has, or two columns that mean one field.
    """
    found = {column.target: _sources(column, columns) for column in profile.columns}
    for target, sources in found.items():
        if len(sources) > 1:
            raise BadInput(msg("The columns %(columns)s all mean “%(field)s”. Please keep one.", columns=_list(sources), field=target))
    missing = [column.sources[0] for column in profile.columns if column.required and not found[column.target]]
    if missing:
        raise BadInput(msg("The file lacks the columns %(missing)s. It has: %(columns)s.", missing=_list(missing), columns=_list(columns)))
    bound = tuple((column, found[column.target][0]) for column in profile.columns if found[column.target])
    used = {source for _column, source in bound}
    absent = tuple(target for target, sources in found.items() if not sources)
    return Binding(profile, bound, absent, tuple(column for column in columns if column not in used))


_TWICE = msg("The same key “%(key)s” already occurs in row %(row)s.")
_PARTED = msg(
    "The rows of “%(key)s” begin in row %(row)s already. Please put all rows of one document one below the other, at most 500 of them."
)


class SeenKeys:
    """Business keys already met in one file: the second row of a key is refused, else a repeated import would change rows to and fro."""

    def __init__(self, binding: Binding, *, documents: bool = False) -> None:
        self._rows: dict[tuple[Value, ...], int] = {}
        self._sentence = _PARTED if documents else _TWICE
        self._column = next(source for column, source in binding.bound if column.target == binding.profile.key[0])

    def problem(self, row: Converted) -> Problem | None:
        """What is wrong with ``row``, if its key stands in an earlier row."""
        first = self._rows.setdefault(row.key, row.number)
        if first == row.number:
            return None
        text = ", ".join(str(part) for part in row.key)
        return Problem(row.number, self._column, text, Message(self._sentence.text, {"key": text, "row": first}))


def _sources(column: Column, columns: tuple[str, ...]) -> list[str]:
    wanted = {bare(name) for name in column.sources}
    return [name for name in columns if bare(name) in wanted]


def bare(name: str) -> str:
    """A name without what makes no difference: case, width, spaces and underscores."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _list(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"“{name}”" for name in names)


__all__ = ["Binding", "Converted", "Profile", "SeenKeys", "Spread", "bare", "bind", "load_profile", "pick"]
