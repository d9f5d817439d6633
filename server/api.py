"""Routes of the HTTP interface: one declaration checks rights, reads the body, renders the answer and documents it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import pydantic
from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import BadRequest

from server import errors
from server.engines import NUL
from server.parts import Parts

HALF = re.compile(r"\\u[dD][89a-fA-F]")  # an escape that may be half of a character
F = TypeVar("F", bound=Callable[..., Any])


class Who(Protocol):
    """As much of an identity as a route needs."""

    org: str
    locale: str

    def may(self, scope: str) -> bool: ...
    def must(self, scope: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the OpenAPI document tells it.

    ``raw`` is the media type of a body that the route reads by itself, as ``data``; ``body`` then only documents it.
    With ``if_match`` the route is told as ``held`` which revision the writer holds, with ``may_match`` that or "".
    ``alike`` are other statuses that carry the same kind of answer, ``also`` those that carry a problem.
    """

    method: str
    rule: str
    summary: str
    needs: str
    status: int
    name: str
    group: str
    body: type[pydantic.BaseModel] | None = None
    query: type[pydantic.BaseModel] | None = None
    answer: Any = None
    media: str = "application/json"
    upload: bool = False
    raw: str = ""
    if_match: bool = False
    may_match: bool = False
    also: tuple[int, ...] = ()
    alike: tuple[int, ...] = ()


@dataclass(slots=True)
class Answer:
    """A route's value with headers or another status than the declared one."""

    value: Any
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None


def parts() -> Parts:
    """The running application's collaborators."""
    found: Parts = current_app.extensions["paomadeng"]
    return found


def who() -> Any:
    """The identity behind this request; ``server.app`` put it there."""
    return g.who


def to_json(value: Any) -> str:
    """JSON as we send it: UTF-8 without escapes (escaped Chinese is 1.75 times as long)."""
    return json.dumps(value, default=_dumped, ensure_ascii=False, separators=(",", ":"))


def _dumped(value: Any) -> Any:
    """A model as JSON takes it; the rest is walked by the encoder itself, which is much quicker than we are."""
    if isinstance(value, pydantic.BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    raise TypeError(f"{type(value).__name__} has no JSON")


def plain(value: Any) -> Any:
    """Models to dictionaries, all the way down."""
    if isinstance(value, pydantic.BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


class Api:
    """A blueprint whose routes take ``(parts, who, **path, [body or data], [query])`` and return a value.

    ``needs`` is a scope of ``server.accounts.model`` (or several, of which one is enough), or "" for anyone.
    Every declared operation is in ``operations`` for the OpenAPI document.
    """

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(f"{name}_api", __name__)
        self.name = name
        self.operations: list[Operation] = []

    def _method(self, method: str, rule: str, needs: str, **more: Any) -> Callable[[F], F]:
        def declare(call: F) -> F:
            summary = more.pop("summary", None) or (call.__doc__ or "").split("\n")[0]
            status = more.pop("status", 200)
            operation = Operation(method, rule, summary, needs, status, call.__name__, self.name, **more)
            self.operations.append(operation)
            self.blueprint.add_url_rule(rule, call.__name__, _view(operation, call), methods=[method])
            return call

        return declare

    def get(self, rule: str, needs: str = "read", **more: Any) -> Callable[[F], F]:
        return self._method("GET", rule, needs, **more)

    def post(self, rule: str, needs: str, **more: Any) -> Callable[[F], F]:
        return self._method("POST", rule, needs, **more)

    def put(self, rule: str, needs: str, **more: Any) -> Callable[[F], F]:
        return self._method("PUT", rule, needs, **more)

    def delete(self, rule: str, needs: str, **more: Any) -> Callable[[F], F]:
        return self._method("DELETE", rule, needs, **more)


def _view(operation: Operation, call: Callable[..., Any]) -> Callable[..., Response]:
    def view(**path: Any) -> Response:
        identity = who()
        if operation.needs:
            _must_hold(identity, operation.needs)
        if any("\0" in str(name) for name in path.values()):
            raise errors.NotFound()  # PostgreSQL cannot even be asked for it
        return _render(operation, call(parts(), identity, **path, **_inputs(operation)))

    return view


def _must_hold(identity: Who, needs: str) -> None:
    """One of the scopes in ``needs`` is enough."""
    scopes = needs.split()
    identity.must(next((scope for scope in scopes if identity.may(scope)), scopes[0]))


def _inputs(operation: Operation) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if operation.raw:
        given["data"] = request.get_data(cache=False)
    elif operation.body is not None:
        given["body"] = operation.body.model_validate(_read_json())
    if operation.query is not None:
        given["query"] = operation.query.model_validate(_read_query())
    if operation.if_match:
        given["held"] = if_match()
    elif operation.may_match:
        given["held"] = _held().removeprefix("*")
    return given


def _read_query() -> dict[str, str]:
    """The query, each name once: of two values nobody could say which was meant. NUL is in no text that is held."""
    wrong = [name for name, values in request.args.lists() if len(values) > 1 or "\0" in values[0]]
    if wrong:
        raise errors.Invalid(tuple(errors.Violation(name, "field.wrong") for name in wrong))
    return request.args.to_dict()


def _read_json() -> Any:
    if not request.get_data(cache=True):
        return {}
    try:
        value = _read_whole(request.get_data(cache=True))
    except (ValueError, RecursionError, BadRequest) as error:
        raise errors.Malformed() from error
    if not isinstance(value, dict):
        raise errors.Malformed()
    return value


def _read_whole(data: bytes) -> Any:
    """JSON in UTF-8; raise ValueError also for NUL and half a character, which nothing could store or send back."""
    text = data.decode()
    if NUL.search(text):
        raise ValueError("NUL")
    value = json.loads(text)
    if HALF.search(text):
        json.dumps(value, ensure_ascii=False).encode()
    return value


def if_match() -> str:
    """The revision the writer holds; raise NeedsRevision without one."""
    held = _held()
    if not held:
        raise errors.NeedsRevision()
    return held


def _held() -> str:
    return request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')


def tagged(value: Any, revision: str) -> Answer:
    """A value under the revision that If-Match may name."""
    return Answer(value, {"ETag": f'"{revision}"'})


@contextmanager
def stale_with(read: Callable[[], Any]) -> Iterator[None]:
    """Tell a writer who holds an old revision how things stand, as reading tells it to those who may read."""
    try:
        yield
    except errors.Stale as problem:
        try:
            current = plain(read())
        except errors.Forbidden:
            raise problem from None
        raise errors.Stale(**{**problem.params, "current": current}) from problem


def _render(operation: Operation, value: Any) -> Response:
    if isinstance(value, Response):
        return value
    answer = value if isinstance(value, Answer) else Answer(value)
    status = answer.status or operation.status
    if status == 204 or status == 304:
        return Response(status=status, headers=answer.headers)
    body = to_json(answer.value)
    return Response(body, status=status, headers=answer.headers, mimetype=operation.media)
