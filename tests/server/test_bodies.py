"""Bodies of requests: what may be left out may be null, and the document says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydantic
import pytest

from server.alerts.bodies import NewAlert, TargetsBody
from server.app import APIS
from server.bodies import Body
from tests.server.plant import open_plant

BODIES = sorted({one.body for api in APIS for one in api.operations if one.body}, key=lambda one: one.__qualname__)


def _optional(model: type[pydantic.BaseModel]) -> dict[str, Any]:
    """The schemas of what may be left out, by name, those of the model's own parts included."""
    schema = model.model_json_schema(ref_template="{model}")
    found: dict[str, Any] = {}
    for name, one in {model.__name__: schema, **schema.get("$defs", {})}.items():
        required = one.get("required", ())
        found |= {f"{name}.{field}": told for field, told in one.get("properties", {}).items() if field not in required}
    return found


@pytest.mark.parametrize("model", BODIES, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_whatever_may_be_left_out_may_be_null(model: type[pydantic.BaseModel]) -> None:
    strict = [name for name, told in _optional(model).items() if {"type": "null"} not in told.get("anyOf", ())]
    assert strict == []


def test_null_is_what_stands_where_nothing_is_said() -> None:
    class Inner(Body):
        all: bool = False

    class Outer(Body):
        inner: Inner
        words: list[str] = pydantic.Field(default_factory=lambda: ["a"], max_length=3)
        height: int | None = None

    told = Outer.model_validate({"inner": {"all": None}, "words": None, "height": None})
    assert told == Outer(inner=Inner(all=False), words=["a"], height=None)
    with pytest.raises(pydantic.ValidationError):
        Outer.model_validate({"inner": None})


def test_nul_in_an_address_names_nothing_whichever_engine_is_asked(tmp_path: Path) -> None:
    plant = open_plant(tmp_path)
    asked = [
        plant.ask("GET", f"/api/v1/{end}", plant.token("read")) for end in ("slots?playlist=a%00", "playlists/a%00")
    ]
    assert [answer.status_code for answer in asked] == [422, 404]
    assert asked[0].get_json()["violations"][0]["field"] == "playlist"
    plant.parts.db.close()


def test_an_alert_may_come_with_null_for_all_it_leaves_out(tmp_path: Path) -> None:
    plant = open_plant(tmp_path)
    body: dict[str, Any] = {name: None for name, field in NewAlert.model_fields.items() if not field.is_required()}
    targets: dict[str, Any] = {**dict.fromkeys(TargetsBody.model_fields), "all": True}
    body |= {"status": "actual", "severity": "extreme", "headline": "煤气泄漏", "targets": targets}
    answer = plant.ask("POST", "/api/v1/alerts", plant.token("alerts:issue"), json=body)
    assert (answer.status_code, answer.get_json()["phase"]) == (201, "live")
    plant.parts.db.close()
