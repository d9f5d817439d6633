"""The OpenAPI 3.1 document and its page, written from the routes' own declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import pydantic

from server.api import Operation

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
    if operation.if_match:
        told["parameters"].append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}})
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
    schema = _schema(operation.query, schemas, inline=True)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema.get("properties", {}).items()
    ]


def _body(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any] | None:
    if operation.upload:
        file = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
        return {"required": True, "content": {"multipart/form-data": {"schema": file}}}
    if operation.body is None:
        return None
    return {"required": True, "content": {"application/json": {"schema": _schema(operation.body, schemas)}}}


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.status != 204:
        done["content"] = {operation.media: {"schema": _answer(operation, schemas)}}
    told = {str(operation.status): done}
    for status in sorted(set(_problems(operation)) - {operation.status}):
        content = {"application/problem+json": {"schema": PROBLEM}}
        told[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    return told


def _answer(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if operation.media != "application/json":
        return {"type": "string", "format": "binary"}
    return _schema(operation.answer, schemas) if operation.answer else {"type": "object"}


def _problems(operation: Operation) -> Iterable[int]:
    yield from operation.also
    yield from (429, 503)
    if operation.needs:
        yield from (401, 403)
    if operation.body is not None:
        yield from (400, 422)
    if operation.query is not None:
        yield 422
    if operation.method != "GET":
        yield 400
    if "<" in operation.rule:
        yield 404
    if operation.if_match:
        yield from (412, 428)
    if operation.upload:
        yield from (413, 422)


def _schema(model: type[pydantic.BaseModel], schemas: dict[str, Any], *, inline: bool = False) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    if inline:
        return schema
    schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}
