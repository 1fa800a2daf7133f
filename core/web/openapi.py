"""The description of the REST interface, made from the declarations."""

from __future__ import annotations

from typing import Any

from core.database.fields import Field
from core.web.input import declared_for
from core.web.nouns import Noun
from core.work.models import LONGEST_COMMENT

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
ID: dict[str, Any] = {"type": "integer", "minimum": 1}
MANY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "records": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": ID, "version": ID},
                "additionalProperties": False,
                "required": ["id", "version"],
            },
        },
        "whole": {"type": "boolean", "description": "Everything that the list shows for `query`"},
        "query": {"type": "string"},
        "values": {"type": "object", "description": "For change the one field with its value, else what the verb asks"},
        "change_reason": {"type": "string"},
    },
    "additionalProperties": False,
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
    if noun.plugin != "core":
        _talked_about(spec, noun, one)
    for act in noun.acts:
        sent = _object({asked.name: asked for asked in act.asks}, version=True)
        spec.path(f"{base}{{pk}}/{act.verb}", operations={"post": _operation(tag, act.label.text, parameters=one, sent=sent)})


def _talked_about(spec: Any, noun: Noun, one: list[dict[str, Any]]) -> None:
    """Comments on a record, and one verb for many records: what nouns of business have."""
    base, tag = f"/api/v1/{noun.path}/", noun.path
    before = {"in": "query", "name": "before", "schema": {"type": "integer", "minimum": 1}, "description": "Older than this comment"}
    comment = {
        "type": "object",
        "properties": {"text": {"type": "string", "maxLength": LONGEST_COMMENT}, "mentioned": {"type": "array", "items": ID}},
        "additionalProperties": False,
        "required": ["text"],
    }
    spec.path(
        f"{base}{{pk}}/comments",
        operations={
            "get": _operation(tag, "Comments on a record, the newest first", parameters=[*one, before]),
            "post": _operation(tag, "Write a comment", parameters=one, sent=comment, status="201"),
        },
    )
    verb = {"in": "path", "name": "verb", "required": True, "schema": {"type": "string", "enum": _verbs_for_many(noun)}}
    summary = "One verb for many records; 202 when a job does it"
    spec.path(f"{base}bulk/{{verb}}", operations={"post": _operation(tag, summary, parameters=[verb], sent=MANY, status="201")})


def _verbs_for_many(noun: Noun) -> list[str]:
    plain = [verb for verb, offered in (("change", noun.change), ("delete", noun.delete)) if offered is not None]
    return [*plain, *(act.verb for act in noun.acts)]


def bulk_paths(spec: Any) -> None:
    """Add the paths of the own orders for many records to ``spec``."""
    one = [{"in": "path", "name": "pk", "required": True, "schema": ID}]
    spec.path("/api/v1/bulk/{pk}", operations={"get": _operation("bulk", "How far an order is", parameters=one)})
    spec.path("/api/v1/bulk/{pk}/undo", operations={"post": _operation("bulk", "Take a change back", parameters=one, status="201")})
    spec.path("/api/v1/bulk/{pk}/cancel", operations={"post": _operation("bulk", "Stop an order", parameters=one)})


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
