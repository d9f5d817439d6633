"""What bodies of requests have in common: unknown fields are refused, and null is as good as leaving a field out."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


def _nullable(schema: dict[str, Any], body: type[BaseModel]) -> None:
    """Say in the JSON schema that null is taken wherever a default stands in."""
    for name in _defaulted(body):
        given = schema["properties"][name]
        kept = {key: given.pop(key) for key in ("default", "title") if key in given}
        schema["properties"][name] = {"anyOf": [given, {"type": "null"}], **kept}


def _defaulted(body: type[BaseModel]) -> set[str]:
    """The fields, as they are sent, that have a default other than None."""
    fields = body.model_fields.items()
    return {
        field.alias or name
        for name, field in fields
        if not field.is_required() and field.get_default(call_default_factory=True) is not None
    }


class Body(BaseModel):
    """A request body, or an object within one."""

    model_config = ConfigDict(extra="forbid", strict=False, json_schema_extra=_nullable)

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        defaulted = _defaulted(cls)
        return {name: value for name, value in given.items() if value is not None or name not in defaulted}
