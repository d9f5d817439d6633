"""The tree below an organisation: made, seen, changed; its people sign in with its code and meet nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import audit
from server.accounts import service as accounts
from server.accounts import sessions
from server.accounts.model import Grant, Identity, Role, RoleGrant, system
from server.alerts import templates
from server.clock import FixedClock
from server.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, TooMany, Unauthenticated
from server.events import SessionEnded, SettingsChanged
from server.hierarchy import Branch, Hierarchy
from server.organisations import service
from server.organisations.model import DEEPEST, Organisation, OrganisationKind, OrganisationOrder
from server.parts import Parts

PASSWORD = "下班先断电再锁门喽好"
HERE = ("192.0.2.1", "test")


def made(parts: Parts, who: Identity, name: str, parent: str = "") -> Organisation:
    return service.add(parts, who, OrganisationOrder(name), parent)[0]


def test_a_new_organisation_lies_below_and_speaks_the_same_language(parts: Parts, owner: Identity) -> None:
    company, link = service.add(parts, owner, OrganisationOrder(" 唐山公司 ", OrganisationKind.COMPANY, 20))
    assert company.branch is not None
    assert (company.name, company.kind, company.branch.airtime, company.depth) == ("唐山公司", "company", 20, 1)
    assert (company.zone, company.waiting, len(company.branch.code)) == ("Asia/Shanghai", True, 5)
    assert accounts.look_at_link(parts, link) == ("owner", None)
    assert len(templates.list_templates(parts, system(company.id))) == len(templates.shipped())


def test_the_tree_is_told_each_before_those_in_it_and_nobody_sees_up_or_aside(parts: Parts, owner: Identity) -> None:
    company, other = made(parts, owner, "A 公司"), made(parts, owner, "B 公司")
    plant = made(parts, system(company.id), "一厂")
    assert [(one.id, one.depth) for one in service.listed(parts, owner)] == [
        ("o1", 0), (company.id, 1), (plant.id, 2), (other.id, 1),
    ]  # fmt: skip
    assert [one.id for one in service.listed(parts, system(company.id))] == [company.id, plant.id]
    assert [one.id for one in service.listed(parts, system(plant.id))] == [plant.id]
    assert service.above(parts, system(plant.id)) == ("A 公司", "样板一厂")
    for stranger in ("o1", other.id):
        with pytest.raises(NotFound):
            service.get(parts, system(company.id), stranger)
        with pytest.raises(NotFound):
            made(parts, system(company.id), "x", stranger)


@pytest.mark.parametrize(("order", "field"), [
    (OrganisationOrder(""), "name"), (OrganisationOrder(), "name"), (OrganisationOrder("厂" * 81), "name"),
    (OrganisationOrder("厂", airtime=51), "airtime"), (OrganisationOrder("厂", airtime=-1), "airtime"),
])  # fmt: skip
def test_a_poor_order_is_refused_by_field(parts: Parts, owner: Identity, order: OrganisationOrder, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.add(parts, owner, order)
    assert [one.field for one in refused.value.violations] == [field]
    assert len(service.listed(parts, owner)) == 1


def test_the_tree_has_a_limit(parts: Parts, owner: Identity) -> None:
    deepest = "o1"
    for level in range(1, DEEPEST):
        deepest = made(parts, owner, f"{level}", deepest).id
    with pytest.raises(Invalid):
        made(parts, owner, "x", deepest)


def test_name_kind_and_airtime_change_from_above_and_both_logs_tell(parts: Parts, owner: Identity) -> None:
    plant = made(parts, owner, "一厂")
    told: list[SettingsChanged] = []
    parts.db.bus.subscribe(SettingsChanged, told.append)
    held = service.revision(plant)
    after = service.change(parts, owner, plant.id, OrganisationOrder("一分厂", OrganisationKind.WORKSHOP, 0), held)
    assert (after.name, after.kind, after.branch and after.branch.airtime) == ("一分厂", "workshop", 0)
    assert told == [SettingsChanged(plant.id)]
    for org in ("o1", plant.id):
        with parts.db.read() as tx:
            assert audit.newest(tx, org, 1)[0]["act"] == "organisation.change"
    with pytest.raises(Stale):
        service.change(parts, owner, plant.id, OrganisationOrder("又改"), held)


def test_nobody_changes_their_own_airtime_or_that_of_those_above(parts: Parts, owner: Identity) -> None:
    plant = made(parts, owner, "一厂")
    for org in (plant.id, "o1"):
        with pytest.raises(NotFound):
            service.change(parts, system(plant.id), org, OrganisationOrder(airtime=0))


@pytest.mark.parametrize(("scope", "act"), [
    ("settings", lambda parts, who, org: service.add(parts, who, OrganisationOrder("x"))),
    ("settings", lambda parts, who, org: service.owner_link(parts, who, org)),
    ("people", lambda parts, who, org: service.change(parts, who, org, OrganisationOrder("x"))),
])  # fmt: skip
def test_the_wrong_scope_is_refused(
    parts: Parts, owner: Identity, scope: str, act: Callable[[Parts, Identity, str], object]
) -> None:
    plant = made(parts, owner, "一厂")
    with pytest.raises(Forbidden):
        act(parts, Identity("o1", "token", "t", "t", (Grant(scope), Grant("read"))), plant.id)


# signing in -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(parts: Parts, owner: Identity) -> tuple[str, Organisation]:
    """A person 厂办 in the first organisation, another 厂办 in the one below; the latter's link is used."""
    accounts.add_person_with_password(parts, owner, "厂办", Role.OWNER, "the first of the two")
    plant, link = service.add(parts, owner, OrganisationOrder("二厂"))
    accounts.accept_link(parts, link, "厂办", PASSWORD, *HERE, "zh")
    return "厂办", plant


def test_the_same_name_in_two_organisations_is_told_apart_by_the_code(
    parts: Parts, two: tuple[str, Organisation]
) -> None:
    login, plant = two
    assert plant.branch is not None
    inside = sessions.sign_in(parts, login, PASSWORD, *HERE, plant.branch.code.lower())
    found = sessions.by_session(parts, inside, "")
    assert found is not None
    assert found.org == plant.id
    for code, password in (("", PASSWORD), (plant.branch.code, "the first of the two"), ("ZZZZZ", PASSWORD)):
        with pytest.raises(Unauthenticated):
            sessions.sign_in(parts, login, password, *HERE, code)


def test_wrong_guesses_in_one_organisation_pause_nobody_of_that_name_in_another(
    parts: Parts, two: tuple[str, Organisation]
) -> None:
    login, plant = two
    assert plant.branch is not None
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            sessions.sign_in(parts, login, "wrong password", "192.0.2.66", "")
    with pytest.raises(TooMany):
        sessions.sign_in(parts, login, "the first of the two", *HERE)
    assert sessions.sign_in(parts, login, PASSWORD, *HERE, plant.branch.code)


def test_the_owners_link_is_made_anew_only_while_nobody_is_there(
    parts: Parts, owner: Identity, two: tuple[str, Organisation]
) -> None:
    _, plant = two
    with pytest.raises(Conflict):
        service.owner_link(parts, owner, plant.id)
    empty, old = service.add(parts, owner, OrganisationOrder("三厂"))
    service.owner_link(parts, owner, empty.id)
    with pytest.raises(Problem):
        accounts.look_at_link(parts, old)


def test_a_person_appoints_within_their_own_organisation_only(parts: Parts, two: tuple[str, Organisation]) -> None:
    _, plant = two
    person, link = accounts.add_person(parts, system(plant.id), "老李", (RoleGrant(Role.VIEWER),))
    accounts.accept_link(parts, link, "", PASSWORD, *HERE, "zh")
    assert person.org == plant.id
    assert [one.name for one in accounts.people_list(parts, system("o1"))] == ["厂办"]


# the tree as a value -------------------------------------------------------------------------------------------------

trees = st.lists(st.integers(0, 30), max_size=30).map(
    lambda parents: [Branch(f"o{n + 1}", f"o{min(at, n)}", "plant", str(n), 30) for n, at in enumerate(parents)]
)


@given(trees)
def test_what_lies_below_one_has_it_above_and_the_other_way_round(rows: list[Branch]) -> None:
    tree = Hierarchy(rows)
    everyone = ["o0", *(row.org for row in rows)]
    for one in everyone:
        assert tree.below(one) == {other for other in everyone if one in tree.above(other)}
        assert tree.depth(one) == len(tree.above(one))
    assert tree.within(["o0"]) == set(everyone)


def test_a_ring_ends_the_walk() -> None:
    tree = Hierarchy([Branch("a", "b", "plant", "1", 30), Branch("b", "a", "plant", "2", 30)])
    assert set(tree.above("a")) == {"a", "b"}
    assert tree.within(["a"]) == {"a", "b"}


def test_sessions_that_run_out_are_told_to_their_own_organisation(
    parts: Parts, clock: FixedClock, two: tuple[str, Organisation]
) -> None:
    told: list[SessionEnded] = []
    parts.db.bus.subscribe(SessionEnded, told.append)
    clock.pass_(13 * 3_600_000)
    sessions.sweep(parts)
    assert [fact.org for fact in told] == [two[1].id]
