"""The description of the REST interface, made from the declarations."""

from __future__ import annotations

from typing import Any

from core.database.fields import Field
from core.web.input import declared_for
from core.web.nouns import Noun

TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "reference": {"type": "integer"},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "money": {"type": "string", "pattern": r"^-?\d+(\.\d{1,2})?$"},
    "quantity": {"type": "string"},
    "email": {"type": "string", "format": "email"},
}
ERRORS = {str(code): {"description": "A sentence in `message` says what is wrong"} for code in (400, 401, 403, 404, 409, 413, 422)}


def noun_paths(spec: Any, noun: Noun) -> None:
    """Add the paths of ``noun`` to ``spec``."""
    base, tag = f"/api/v1/{noun.path}/", noun.path
    one = [{"in": "path", "name": "pk", "required": True, "schema": {"type": "integer", "minimum": 1}}]
    listed = [
        {
            "in": "query",
            "name": "q",
            "schema": {"type": "string"},
            "description": "Rison: filters, order_column, order_direction, page, page_size",
        }
    ]
    spec.path(f"{base}_info", operations={"get": _operation(tag, "Fields, filters and permissions")})
    spec.path(
        base,
        operations={
            "get": _operation(tag, "A page of records", parameters=listed),
            "post": _operation(tag, "Create a record", sent=_object(declared_for(noun, creating=True)), status="201"),
        },
    )
    change = _object(declared_for(noun, creating=False), version=True)
    spec.path(
        f"{base}{{pk}}",
        operations={
            "get": _operation(tag, "One record", parameters=one),
            "put": _operation(tag, "Change a record", parameters=one, sent=change),
            "delete": _operation(tag, "Delete a record", parameters=one),
        },
    )
    for act in noun.acts:
        sent = _object({asked.name: asked for asked in act.asks}, version=True)
        spec.path(f"{base}{{pk}}/{act.verb}", operations={"post": _operation(tag, act.label.text, parameters=one, sent=sent)})


def _operation(tag: str, summary: str, *, parameters: Any = (), sent: Any = None, status: str = "200") -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [tag],
        "summary": summary,
        "parameters": list(parameters),
        "security": [{"jwt": []}],
        "responses": {status: {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}, **ERRORS},
    }
    if sent is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": sent}}}
    return operation


def _object(declared: dict[str, Field], *, version: bool = False) -> dict[str, Any]:
    properties = {name: _property(field) for name, field in declared.items()}
    required = [name for name, field in declared.items() if field.required and field.default is None and not version]
    if version:
        properties["version"] = {"type": "integer", "minimum": 1}
        required = ["version"]
    return {"type": "object", "properties": properties, "additionalProperties": False, **({"required": required} if required else {})}


def _property(field: Field) -> dict[str, Any]:
    if field.choices is not None:
        return {"type": "string", "enum": [str(choice.value) for choice in field.choices]}
    described = dict(TYPES.get(field.kind, {"type": "string"}))
    if field.max_length:
        described["maxLength"] = field.max_length
    return described
