"""HTTP of people, tokens and the session itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from flask import Response, request
from pydantic import Field

from server.accounts import service, sessions, site
from server.accounts.model import Identity, Person, Role, RoleGrant, Token
from server.api import Answer, Api, stale_with, tagged
from server.bodies import Body
from server.paging import PageQuery, sliced
from server.parts import Parts

api = Api("accounts")


class GrantBody(Body):
    role: Role
    group: str | None = None

    def value(self) -> RoleGrant:
        return RoleGrant(self.role, self.group)


class SignIn(Body):
    login: str = Field(max_length=80)
    password: str = Field(max_length=1024)
    organisation: str = Field("", max_length=8, description="The organisation's code; none for the first one")


class NewPerson(Body):
    login: str = Field(min_length=1, max_length=80)
    post: str = Field("", max_length=80)
    roles: list[GrantBody] = Field(max_length=50)


class ChangedPerson(Body):
    name: str | None = Field(None, min_length=1, max_length=80)
    post: str | None = Field(None, max_length=80)
    roles: list[GrantBody] | None = Field(None, max_length=50)


class NewPassword(Body):
    old: str = Field(max_length=1024)
    new: str = Field(max_length=1024)


class Preferences(Body):
    locale: Literal["zh", "en"] | None = None
    theme: Literal["light", "dark", ""] | None = None


class NewToken(Body):
    name: str = Field(min_length=1, max_length=80)
    scopes: list[str] = Field(min_length=1, max_length=20)
    expires_days: int | None = Field(None, ge=1, le=3650)


def person_answer(person: Person) -> dict[str, Any]:
    """A person as JSON; nothing of the password."""
    return {
        "id": person.id, "login": person.login, "name": person.name, "post": person.post,
        "roles": [{"role": held.role, "group": held.group} for held in person.roles],
        "last_seen": person.last_seen, "ended": person.ended, "waiting": person.waiting,
    }  # fmt: skip


def token_answer(token: Token) -> dict[str, Any]:
    """A token as JSON, never with its secret."""
    return {
        "id": token.id, "name": token.name, "scopes": list(token.scopes), "created": token.created,
        "expires": token.expires, "revoked": token.revoked, "last_seen": token.last_seen,
    }  # fmt: skip


def set_cookie(response: Response, secret: str, parts: Parts) -> Response:
    """Give the browser its session; out of script's reach."""
    age = parts.config.session_hours * 3600
    response.set_cookie(sessions.COOKIE, secret, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@api.get("/api/v1/session", "read", summary="Who am I")
def session(parts: Parts, who: Identity) -> dict[str, Any]:
    scopes = sorted({grant.scope for grant in who.grants})
    return {"id": who.id, "kind": who.kind, "name": who.name, "locale": who.locale, "scopes": scopes}


@api.post("/api/v1/session", "", body=SignIn, status=200, summary="Sign in; sets the session cookie", also=(401, 429))
def sign_in(parts: Parts, who: Identity, body: SignIn) -> Any:
    agent = request.headers.get("User-Agent", "")
    secret = sessions.sign_in(parts, body.login, body.password, who.address, agent, body.organisation.strip())
    return set_cookie(Response("{}", mimetype="application/json"), secret, parts)


@api.delete("/api/v1/session", "read", status=204, summary="Sign out")
def sign_out(parts: Parts, who: Identity) -> Any:
    sessions.sign_out(parts, who)
    response = Response(status=204)
    response.delete_cookie(sessions.COOKIE)
    return response


@api.put("/api/v1/session/password", "read", body=NewPassword, status=204, summary="Change one's own password")
def password(parts: Parts, who: Identity, body: NewPassword) -> None:
    service.change_password(parts, who, body.old, body.new)


@api.put("/api/v1/session/preferences", "read", body=Preferences, status=204, summary="Own language and theme")
def preferences(parts: Parts, who: Identity, body: Preferences) -> None:
    service.prefer(parts, who, locale=body.locale, theme=body.theme)


@api.get("/api/v1/people", "people", query=PageQuery, summary="People and their roles")
def people(parts: Parts, who: Identity, query: PageQuery) -> dict[str, Any]:
    page = sliced(service.people_list(parts, who), query, lambda person: person.id)
    return {"items": [person_answer(person) for person in page.items], "next": page.next}


@api.post(
    "/api/v1/people", "people", body=NewPerson, status=201, summary="Add a person; answers a one-time link", also=(409,)
)
def add_person(parts: Parts, who: Identity, body: NewPerson) -> dict[str, Any]:
    roles = tuple(grant.value() for grant in body.roles)
    person, secret = service.add_person(parts, who, body.login, roles, body.post)
    return {**person_answer(person), "link": f"/welcome/{secret}"}


@api.get("/api/v1/people/<person>", "people", summary="One person", also=(404,))
def get_person(parts: Parts, who: Identity, person: str) -> Answer:
    return _person(service.get_person(parts, who, person))


def _person(found: Person) -> Answer:
    return tagged(person_answer(found), service.revision(found))


@api.put(
    "/api/v1/people/<person>", "people", body=ChangedPerson, may_match=True, also=(404, 409),
    summary="Change a person; 412 carries them as `current`",
)  # fmt: skip
def change_person(parts: Parts, who: Identity, person: str, body: ChangedPerson, held: str) -> Answer:
    roles = None if body.roles is None else tuple(grant.value() for grant in body.roles)
    with stale_with(lambda: person_answer(service.get_person(parts, who, person))):
        return _person(
            service.change_person(parts, who, person, name=body.name, post=body.post, roles=roles, held=held)
        )


@api.delete("/api/v1/people/<person>", "people", status=204, summary="Let a person go", also=(404, 409))
def end_person(parts: Parts, who: Identity, person: str) -> None:
    service.end_person(parts, who, person)


@api.post(
    "/api/v1/people/<person>/link", "people", status=201, summary="A one-time link for a new password", also=(404,)
)
def person_link(parts: Parts, who: Identity, person: str) -> dict[str, Any]:
    return {"link": f"/welcome/{service.reset_link(parts, who, person)}"}


@api.get("/api/v1/tokens", "people", query=PageQuery, summary="API tokens")
def token_list(parts: Parts, who: Identity, query: PageQuery) -> dict[str, Any]:
    page = sliced(service.token_list(parts, who), query, lambda token: token.id)
    return {"items": [token_answer(token) for token in page.items], "next": page.next}


@api.post("/api/v1/tokens", "people", body=NewToken, status=201, summary="Make an API token; its secret is told once")
def add_token(parts: Parts, who: Identity, body: NewToken) -> Any:
    token, secret = service.add_token(parts, who, body.name, tuple(body.scopes), body.expires_days)
    return Answer({**token_answer(token), "token": secret}, {"Cache-Control": "no-store"})


@api.delete("/api/v1/tokens/<token>", "people", status=204, summary="Revoke a token", also=(404,))
def revoke_token(parts: Parts, who: Identity, token: str) -> None:
    service.revoke_token(parts, who, token)


class ChangedSite(Body):
    name: str | None = Field(None, max_length=80)
    zone: str | None = Field(None, max_length=64)
    locale: Literal["zh", "en"] | None = None
    fallback: str | None = Field(None, max_length=40)


@api.get("/api/v1/site", "read", summary="The site's settings")
def read_site(parts: Parts, who: Identity) -> Answer:
    return _site(site.site(parts, who.org))


def _site(found: site.Site) -> Answer:
    return tagged(asdict(found), site.revision(found))


@api.put(
    "/api/v1/site", "settings", body=ChangedSite, may_match=True,
    summary="Change the site's settings; 412 carries them as `current`",
)  # fmt: skip
def change_site(parts: Parts, who: Identity, body: ChangedSite, held: str) -> Answer:
    with stale_with(lambda: asdict(site.site(parts, who.org))):
        return _site(site.change(parts, who, site.SiteOrder(**body.model_dump()), held))
