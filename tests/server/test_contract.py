"""Every operation answers as its OpenAPI document promises, whatever is sent: schemathesis against the application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.generation import GenerationMode

from server.api import Operation
from server.app import APIS
from tests.server.plant import Plant, open_plant

OPERATIONS = [operation for api in APIS for operation in api.operations]
# What fits the schema may still name a thing that is not there; rights and methods are tried in test_rights.
BEYOND = (checks.positive_data_acceptance, checks.ignored_auth, checks.unsupported_method)
EXAMPLES = 6


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("contract"))
    plant.ids = plant.furnish()
    yield plant
    plant.parts.db.close()


@pytest.fixture(scope="module")
def document(plant: Plant) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", plant.app)


def _path(operation: Operation) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.rule)


def _cases(document: Any, operation: Operation, mode: GenerationMode) -> st.SearchStrategy[Any]:
    found = document[_path(operation)][operation.method]
    cases: st.SearchStrategy[Any] = found.as_strategy(generation_mode=mode)
    return cases


def _refusable(operation: Operation) -> bool:
    """Whether there is anything in a request that could be wrong apart from names in the path."""
    return bool(operation.body or operation.query or operation.upload)


def _hold(plant: Plant, document: Any, operation: Operation, mode: GenerationMode) -> None:
    guessing = "/pairings" in operation.rule  # wrong codes are counted, and whoever guessed too often is paused
    ids = plant.ids = plant.furnish() if guessing or not plant.ids else plant.ids
    beyond = [*BEYOND, checks.not_a_server_error] if operation.alike else list(BEYOND)  # a 503 may be a right answer
    bearer = ids["bearer"] if operation.rule.startswith("/player/") else plant.token("*")

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=_cases(document, operation, mode), known=st.integers(0, 2))
    def hold(case: Any, known: int) -> None:
        if known:
            case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"}, excluded_checks=beyond)
        if answer.status_code < 300 and operation.method != "GET":
            plant.ids = {}  # what was only looked at, or refused, serves the next operation as well

    hold()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.rule}")
def test_what_fits_the_document_is_answered_as_it_promises(plant: Plant, document: Any, operation: Operation) -> None:
    _hold(plant, document, operation, GenerationMode.POSITIVE)


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if _refusable(one)], ids=lambda one: f"{one.method} {one.rule}"
)
def test_what_does_not_fit_is_refused_as_the_document_promises(
    plant: Plant, document: Any, operation: Operation
) -> None:
    _hold(plant, document, operation, GenerationMode.NEGATIVE)
