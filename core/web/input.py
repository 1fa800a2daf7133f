"""What a form or a program sends, as values for a verb; typed texts are kept so that nothing is lost on an error."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest

from core.access.field_rights import access_on, may_query, may_write, shown_value
from core.database.covering import restricted
from core.database.fields import Field
from core.kernel.acting import FieldAccess, acting
from core.kernel.errors import BadInput, Malformed
from core.kernel.words import Message, msg
from core.web.nouns import Noun
from core.web.values import load

RESERVED = frozenset({"csrf_token", "version", "then", "next"})
LARGEST_VERSION = 2**31 - 1


def declared_for(noun: Noun, *, creating: bool) -> dict[str, Field]:
    """Fields that the person may write: those of the form, and on creation the extra ones."""
    found = {name: noun.fields[name] for name in noun.written if may_write(acting(), noun.model, name)}
    if creating:
        found |= {field.name: field for field in noun.extra_fields}
    return found


def read_form(noun: Noun, form: Mapping[str, str], *, creating: bool, covered: Collection[str] = ()) -> dict[str, Any]:
    """Typed values of a posted form; only what the form showed, so a partial form empties nothing.

    A value of a ``covered`` field that was left empty stays as it is.

    Raises :class:`BadInput` naming every field that cannot be accepted.
    """
    declared = declared_for(noun, creating=creating)
    kept = {name: form[name] for name in declared if name in form and form.get(f"choose-{name}") != "theirs"}
    kept = {name: value for name, value in kept.items() if name not in covered or value.strip()}
    kept |= {name: "1" if form.get(name) else "0" for name, field in declared.items() if field.kind == "flag" and f"{name}-shown" in form}
    values = load(declared.values(), kept, partial=not creating)
    if noun.lines is not None and any(name.startswith(f"{noun.lines[0]}-") for name in form):
        _check_lines(noun)
        values[noun.lines[0]] = read_lines(noun, lines_of(noun, form))
    return values


def covered_fields(noun: Noun, record: Any) -> dict[str, str]:
    """Masks of those fields of ``record`` that the person may write without seeing what is there: a form leaves them empty."""
    who, found = acting(), {}
    closed = restricted(noun.model, who)
    for name in noun.written:
        if name in closed and access_on(who, record, name) is FieldAccess.MASKED and (mask := shown_value(who, record, name, alone=True)):
            found[name] = str(mask)
    return found


def lines_open(noun: Noun) -> bool:
    """Whether the person may write the sub-table: it is replaced whole, so every field of a line must be open to read and write."""
    model = noun.line_model
    return model is not None and all(
        may_write(acting(), model, name) and may_query(acting(), model, name) for name in (noun.lines or ("", ()))[1]
    )


def _check_lines(noun: Noun) -> None:
    if not lines_open(noun) and noun.lines is not None:
        raise BadInput(fields={noun.lines[0]: msg("Your role cannot edit every field of a line, so the lines stay as they are.")})


def lines_of(noun: Noun, form: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of the sub-table as typed, in order; wholly empty rows are left out."""
    name, columns = noun.lines or ("", ())
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-(\w+)")
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        if (found := pattern.fullmatch(key)) and found[2] in (*columns, "id"):
            rows.setdefault(int(found[1]), {})[found[2]] = value
    return [row for _, row in sorted(rows.items()) if any(row.get(column, "").strip() for column in columns)]


def read_lines(noun: Noun, rows: list[Any]) -> list[dict[str, Any]]:
    """Typed values of each line; errors are named ``lines-<n>-<column>``."""
    assert noun.lines is not None
    assert noun.line_model is not None
    name, columns = noun.lines
    declared = [noun.line_model.fields()[column] for column in columns]
    loaded: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise BadInput(fields={name: msg("Each line is an object with named values.")})
        try:
            loaded.append(load(declared, {key: value for key, value in row.items() if key != "id"}))
        except BadInput as error:
            errors |= {f"{name}-{number}-{column}": sentence for column, sentence in error.fields.items()}
    if errors:
        raise BadInput(fields=errors)
    return loaded


def read_json(noun: Noun, body: Any, *, creating: bool) -> dict[str, Any]:
    """Typed values of a JSON object; unknown names, states and other fields that only verbs write are refused."""
    if not isinstance(body, dict):
        raise Malformed(msg("Please send one JSON object."))
    raw = {name: value for name, value in body.items() if name != "version"}
    lines = raw.pop(noun.lines[0], None) if noun.lines is not None else None
    values = load(declared_for(noun, creating=creating).values(), raw, partial=not creating)
    if lines is not None:
        if not isinstance(lines, list):
            raise BadInput(fields={"lines": msg("Lines are a list.")})
        _check_lines(noun)
        values[noun.lines[0] if noun.lines else ""] = read_lines(noun, lines)
    return values


def read_version(value: Any) -> int:
    """The version that the sender has seen; raises :class:`BadInput` when it is missing."""
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit() or int(str(value)[:12]) > LARGEST_VERSION:
        raise BadInput(
            fields={"version": msg("Please send the version of the record that you have read, so that nobody's change is lost.")}
        )
    return int(value)


def body() -> Any:
    """The JSON body of the request; raises :class:`Malformed` when there is none."""
    try:
        sent = request.get_json(force=True)
    except (BadRequest, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(msg("Please send the values as JSON.")) from error
    if not isinstance(sent, dict):
        raise Malformed(msg("Please send one JSON object."))
    return sent


def body_of(**kinds: type) -> dict[str, Any]:
    """The JSON body, of these names alone and each of its kind; what is not sent is empty. Raises :class:`Malformed` otherwise."""
    sent = body()
    for name in sent.keys() - kinds.keys():
        raise Malformed(msg("There is no “%(name)s” here.", name=str(name)[:40]))
    for name, kind in kinds.items():
        if type(sent.setdefault(name, kind())) is not kind:
            raise Malformed(msg("“%(name)s” has the wrong type.", name=name))
    return dict(sent)
