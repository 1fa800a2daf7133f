"""A mapping profile: how the columns of somebody's file become the fields of a record. A TOML file, no code.

``config/profiles/listed-companies.toml`` shows every part. A mistake is refused with the name of the key.
"""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.conversions import CONVERSIONS, CellError, Rules, Value

REVIEWS = ("approved", "pending")
OVER = ("departments", "owners")


@dataclass(frozen=True)
class Column:
    """One field: the names it may have in a file, how its cells are read, and what stands in for an empty cell."""

    target: str
    sources: tuple[str, ...]
    convert: str = "text"
    required: bool = False
    default: Value | None = None
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True)
class Spread:
    """Whom new records go to: by the value of a field, to departments (by code) or owners (by user name)."""

    by: str
    over: str
    groups: Mapping[str, tuple[str, ...]]
    otherwise: tuple[str, ...] = ()

    def candidates(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Departments or owners that the record may go to; none means that the importing person keeps it."""
        value = values.get(self.by)
        return tuple(name for name, members in self.groups.items() if value in members) or self.otherwise


@dataclass(frozen=True)
class Profile:
    """A whole mapping: ``key`` names the fields that identify a record, ``review`` the state in which new records arrive."""

    resource: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    constants: Mapping[str, Value] = field(default_factory=dict)
    spread: Spread | None = None
    review: str = "pending"


def pick(candidates: tuple[str, ...], key: tuple[Any, ...]) -> str | None:
    """One of ``candidates`` by the business key: the same one on every run, evenly over many keys."""
    if not candidates:
        return None
    return candidates[zlib.crc32("\x1f".join(map(str, key)).encode("utf-8", "replace")) % len(candidates)]


def load_profile(path: Path) -> Profile:
    """Read a profile. Raises :class:`BadInput` naming the key that is wrong and what it should be."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(msg("There is no profile “%(name)s”.", name=path.name)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(msg("The profile “%(name)s” is not valid TOML: %(detail)s.", name=path.name, detail=str(error))) from error
    return profile_from(data)


def profile_from(data: Mapping[str, Any]) -> Profile:
    """A profile from its TOML content; the same errors as :func:`load_profile`."""
    _known(data, "", {"resource", "key", "columns", "constants", "spread", "review"})
    key = _names(data, "key", needed=True)
    columns = tuple(_column(name, table, name in key) for name, table in _tables(data, "columns"))
    targets = {column.target for column in columns}
    for name in key:
        _demand(name in targets, "key", msg("“%(name)s” is no column of the profile", name=name))
    constants = _get(data, "constants", dict, {})
    for name, value in constants.items():
        _demand(isinstance(value, Value), f"constants.{name}", msg("must be a text, number, date or true or false"))
        _demand(name not in targets, f"constants.{name}", msg("is a column already"))
    review = _one_of(data, "review", "", REVIEWS, "pending")
    resource = _get(data, "resource", str)
    return Profile(resource, key, columns, constants, _spread(data, targets | set(constants)), review)


def _column(target: str, table: Mapping[str, Any], is_key: bool) -> Column:
    """A field of the key is always needed, and read in half width unless the profile says otherwise."""
    where = f"columns.{target}."
    settings = {"max", "places", "digits", "half_width", "many_lines", "values"}
    _known(table, where, {"from", "convert", "required", "default"} | settings)
    convert = _one_of(table, "convert", where, tuple(CONVERSIONS), "text")
    given = {"half_width": is_key} | {name: table[name] for name in settings & set(table)}
    for name in given:
        _get(given, name, {"values": dict, "half_width": bool, "many_lines": bool}.get(name, int), where=where)
    _demand(convert != "choice" or bool(given.get("values")), where + "values", msg("must list the allowed words"))
    rules = Rules(**{("most" if name == "max" else name): value for name, value in given.items()})
    required = is_key or _get(table, "required", bool, False, where)
    return Column(target, _names(table, "from", where, needed=True), convert, required, _default(table, where, convert, rules), rules)


def _default(table: Mapping[str, Any], where: str, convert: str, rules: Rules) -> Value | None:
    """A default is written as a cell would be, and read by the same rules."""
    if "default" not in table:
        return None
    try:
        return CONVERSIONS[convert](str(table["default"]).lower() if convert == "bool" else str(table["default"]), rules)
    except CellError as error:
        raise BadInput(msg("In the profile, %(key)s cannot be used: %(reason)s", key=where + "default", reason=error.reason)) from error


def _spread(data: Mapping[str, Any], fields: set[str]) -> Spread | None:
    if "spread" not in data:
        return None
    table = _get(data, "spread", dict)
    _known(table, "spread.", {"by", "over", "to", "otherwise"})
    by = _get(table, "by", str, where="spread.")
    _demand(by in fields, "spread.by", msg("“%(name)s” is no column of the profile", name=by))
    to = _get(table, "to", dict, where="spread.")
    groups = {name: _names(to, name, "spread.to.", needed=True) for name in to}
    return Spread(by, _one_of(table, "over", "spread.", OVER, "departments"), groups, _names(table, "otherwise", "spread."))


def _tables(data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    tables = _get(data, key, dict)
    _demand(bool(tables), key, msg("must not be empty"))
    return [(name, _get(tables, name, dict, where=f"{key}.")) for name in tables]


def _names(table: Mapping[str, Any], key: str, where: str = "", *, needed: bool = False) -> tuple[str, ...]:
    value = _get(table, key, list, None if needed else [], where)
    good = all(isinstance(name, str) and name for name in value) and (value or not needed)
    _demand(bool(good), where + key, msg("must be a list of names"))
    return tuple(value)


def _one_of(table: Mapping[str, Any], key: str, where: str, allowed: tuple[str, ...], default: str) -> str:
    value = str(table.get(key, default))
    _demand(value in allowed, where + key, msg("must be one of: %(words)s", words=", ".join(allowed)))
    return value


def _get(table: Mapping[str, Any], key: str, kind: type, default: Any = None, where: str = "") -> Any:
    value = table.get(key, default)
    _demand(value is not None, where + key, msg("is missing"))
    good = isinstance(value, kind) and (kind is not int or not isinstance(value, bool))
    _demand(good, where + key, msg("must be of the kind “%(kind)s”", kind=kind.__name__))
    return value


def _known(table: Mapping[str, Any], where: str, keys: set[str]) -> None:
    for key in table:
        _demand(key in keys, where + key, msg("is unknown; known are: %(words)s", words=", ".join(sorted(keys))))


def _demand(good: bool, key: str, fault: Any) -> None:
    if not good:
        raise BadInput(msg("In the profile, %(key)s %(fault)s.", key=key, fault=fault))
