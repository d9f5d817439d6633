"""The OpenAPI 3.1 document and its page, written from the routes' own declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import pydantic

from server.api import Operation

EMPTY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "violations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "rule", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "rule", "detail")},
            },
        },
    },
}


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """Return the whole document as plain values."""
    schemas: dict[str, Any] = {"Problem": PROBLEM_SCHEMA}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.rule)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Paomadeng", "version": version, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "paomadeng"},
            },
        },
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"{operation.group}.{operation.name}",
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation, schemas)],
        "responses": _responses(operation, schemas),
    }
    if operation.if_match or operation.may_match:
        header = {"name": "If-Match", "in": "header", "required": operation.if_match, "schema": {"type": "string"}}
        told["parameters"].append(header)
    if operation.needs:
        told["security"] = [{"token": []}, {"session": []}]
        told["x-scope"] = operation.needs
    body = _body(operation, schemas)
    return {**told, "requestBody": body} if body else told


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"<(?:\w+:)?(\w+)>", operation.rule)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(operation: Operation, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = _schema(operation, operation.query, schemas, inline=True)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema.get("properties", {}).items()
    ]


def _body(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any] | None:
    if operation.upload:
        file = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
        return {"required": True, "content": {"multipart/form-data": {"schema": file}}}
    if operation.raw and operation.body is None:
        return {"required": True, "content": {operation.raw: {"schema": {"type": "string"}}}}
    if operation.body is None:
        return None
    return {"required": True, "content": {"application/json": {"schema": _schema(operation, operation.body, schemas)}}}


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    statuses = {operation.status, *operation.alike, *_problems(operation)}
    return {str(status): _response(operation, status, schemas) for status in sorted(statuses)}


def _response(operation: Operation, status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    """One status: the answer itself, nothing, or a problem."""
    told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status == HTTPStatus.ACCEPTED:
        return told | {"content": {"application/json": {"schema": {"type": "object"}}}}
    if status in operation.alike or (status < HTTPStatus.BAD_REQUEST and status not in EMPTY):
        return told | {"content": {operation.media: {"schema": _answer(operation, schemas)}}}
    if status >= HTTPStatus.BAD_REQUEST:
        return told | {"content": {"application/problem+json": {"schema": PROBLEM}}}
    return told


def _answer(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if operation.media != "application/json":
        return {"type": "string", "format": "binary"}
    return _schema(operation, operation.answer, schemas) if operation.answer else {"type": "object"}


def _problems(operation: Operation) -> Iterable[int]:
    yield from operation.also
    yield from (429, 503)
    if operation.needs or operation.rule.startswith("/player/"):
        yield from (401, 403)
    if operation.body is not None or operation.raw:
        yield from (400, 422)
    if operation.query is not None:
        yield 422
    if operation.method != "GET":
        yield 400
    if "<" in operation.rule:
        yield 404
    if operation.if_match:
        yield from (412, 428)
    if operation.may_match:
        yield 412
    if operation.upload:
        yield from (413, 422)


def _schema(
    operation: Operation, model: type[pydantic.BaseModel], schemas: dict[str, Any], *, inline: bool = False
) -> dict[str, Any]:
    """A model's schema or a reference to it; its name carries the feature, for two may use one word."""
    schema = model.model_json_schema(ref_template=f"#/components/schemas/{operation.group}.{{model}}")
    defined = {f"{operation.group}.{name}": value for name, value in schema.pop("$defs", {}).items()}
    schemas.update(defined)
    if inline:
        return schema
    name = f"{operation.group}.{model.__name__}"
    schemas[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}
