"""HTTP of organisations."""

from __future__ import annotations

from dataclasses import asdict

from server.accounts.model import Identity
from server.api import Answer, Api, stale_with, tagged
from server.organisations import bodies as b
from server.organisations import overview, service
from server.organisations.model import Organisation
from server.paging import PageQuery, sliced
from server.parts import Parts

api = Api("organisations")


@api.get(
    "/api/v1/organisations",
    query=PageQuery,
    answer=b.OrganisationList,
    summary="One's own organisation and those below",
)
def list_organisations(parts: Parts, who: Identity, query: PageQuery) -> b.OrganisationList:
    page = sliced(service.listed(parts, who), query, lambda one: one.id)
    return b.OrganisationList(items=[_answer(one) for one in page.items], next=page.next)


@api.post(
    "/api/v1/organisations", "people", body=b.NewOrganisation, answer=b.MadeOrganisation, status=201, also=(404,),
    summary="Make an organisation below; answers a one-time link for its owner",
)  # fmt: skip
def add_organisation(parts: Parts, who: Identity, body: b.NewOrganisation) -> b.MadeOrganisation:
    made, secret = service.add(parts, who, body.order(), body.parent)
    return b.MadeOrganisation(**_answer(made).model_dump(), link=f"/welcome/{secret}")


@api.get("/api/v1/organisations/<org>", answer=b.OrganisationAnswer, summary="One's own or one below", also=(404,))
def get_organisation(parts: Parts, who: Identity, org: str) -> Answer:
    return _tagged(service.get(parts, who, org))


@api.put(
    "/api/v1/organisations/<org>", "settings", body=b.OrganisationChange, answer=b.OrganisationAnswer, may_match=True,
    also=(404,), summary="Change name, kind or airtime of one below; 412 carries it as `current`",
)  # fmt: skip
def change_organisation(parts: Parts, who: Identity, org: str, body: b.OrganisationChange, held: str) -> Answer:
    with stale_with(lambda: _answer(service.get(parts, who, org))):
        return _tagged(service.change(parts, who, org, body.order(), held))


@api.post(
    "/api/v1/organisations/<org>/link", "people", answer=b.LinkAnswer, status=201, also=(404, 409),
    summary="A new one-time link for the first owner of one below",
)  # fmt: skip
def owner_link(parts: Parts, who: Identity, org: str) -> b.LinkAnswer:
    return b.LinkAnswer(link=f"/welcome/{service.owner_link(parts, who, org)}")


@api.get(
    "/api/v1/overview", answer=b.OverviewAnswer,
    summary="Screens there, mandatory content asked for and shown, organisation by organisation",
)  # fmt: skip
def get_overview(parts: Parts, who: Identity) -> b.OverviewAnswer:
    found = overview.overview(parts, who)
    sums = b.TotalsAnswer(**asdict(overview.totals(found)))
    return b.OverviewAnswer(totals=sums, items=[_figures(one) for one in found])


def _figures(found: overview.Figures) -> b.FiguresAnswer:
    one, same = found.organisation, ("screens", "online", "alerts", "asked", "measured", "compliance", "reached")
    return b.FiguresAnswer(
        id=one.id, name=one.name, kind=one.kind, depth=one.depth, **{name: getattr(found, name) for name in same}
    )


def _tagged(found: Organisation) -> Answer:
    return tagged(_answer(found), service.revision(found))


def _answer(found: Organisation) -> b.OrganisationAnswer:
    branch = found.branch
    return b.OrganisationAnswer(
        id=found.id, name=found.name, kind=found.kind, parent=branch.parent if branch and found.depth else None,
        code=branch.code if branch else "", airtime=branch.airtime if branch else None, depth=found.depth,
        waiting=found.waiting,
    )  # fmt: skip
