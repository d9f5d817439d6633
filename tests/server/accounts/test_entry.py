"""The owner link works once; sessions, roles, tokens and lockout keep to their rules."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from playlists.model import Colour
from server.accounts import lockout, passwords, service, sessions
from server.accounts.model import Grant, Identity, Role, RoleGrant
from server.clock import FixedClock
from server.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated
from server.events import SessionEnded
from server.parts import Parts
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import people, tokens
from server.tables import sessions as session_rows

PASSWORD = "下班先断电再锁门喽好"
HERE = ("192.0.2.6", "Browser")


@pytest.fixture
def boss(parts: Parts) -> Identity:
    """The first owner, by their link."""
    secret = service.accept_link(parts, service.owner_link(parts) or "", "厂办", PASSWORD, *HERE, "zh")
    found = sessions.by_session(parts, secret, HERE[0])
    assert found is not None
    return found


def test_the_owner_link_makes_an_owner_and_a_session(boss: Identity) -> None:
    assert boss.name == "厂办"
    assert all(boss.may(scope) for scope in ("people", "screens", "content", "review", "alerts:issue"))


def test_the_owner_link_works_once(parts: Parts) -> None:
    link = service.owner_link(parts) or ""
    service.accept_link(parts, link, "厂办", PASSWORD, *HERE, "zh")
    with pytest.raises(Gone):
        service.accept_link(parts, link, "另一人", PASSWORD, *HERE, "zh")


def test_no_owner_link_is_given_once_there_is_an_owner(parts: Parts, boss: Identity) -> None:
    assert service.owner_link(parts) is None


def test_a_newer_owner_link_voids_the_older(parts: Parts) -> None:
    older, newer = service.owner_link(parts) or "", service.owner_link(parts) or ""
    with pytest.raises(Gone):
        service.look_at_link(parts, older)
    assert service.look_at_link(parts, newer)[0] == "owner"


def test_an_owner_link_ends_after_a_day(parts: Parts, clock: FixedClock) -> None:
    link = service.owner_link(parts) or ""
    clock.pass_(service.OWNER_LINK_MS)
    with pytest.raises(Gone):
        service.look_at_link(parts, link)


@pytest.mark.parametrize("password", ["short", "1234567890", "aaaaaaaaaaaa", "abcdefghijkl", "password123", "x" * 300])
def test_an_easily_guessed_password_is_refused(parts: Parts, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        service.accept_link(parts, service.owner_link(parts) or "", "厂办", password, *HERE, "zh")
    assert refusal.value.violations[0].field == "password"


def test_a_refused_password_leaves_the_link_good(parts: Parts) -> None:
    link = service.owner_link(parts) or ""
    with pytest.raises(Invalid):
        service.accept_link(parts, link, "厂办", "short", *HERE, "zh")
    assert service.accept_link(parts, link, "厂办", PASSWORD, *HERE, "zh")


def test_secrets_are_stored_as_hashes_only(parts: Parts, boss: Identity) -> None:
    secret = sessions.sign_in(parts, "厂办", PASSWORD, *HERE)
    token = service.add_token(parts, boss, "panel", ("read",))[1]
    with parts.db.read() as tx:
        stored = [str(tuple(row)) for table in (people, session_rows, tokens) for row in tx.execute(sa.select(table))]
    assert not any(word in row for row in stored for word in (secret, token, PASSWORD))


def test_a_wrong_password_and_an_unknown_name_are_told_alike(parts: Parts, boss: Identity) -> None:
    for login in ("厂办", "nobody"):
        with pytest.raises(Unauthenticated) as refusal:
            sessions.sign_in(parts, login, "wrong password", *HERE)
        assert refusal.value.detail == "accounts.wrong"


def test_five_wrong_passwords_pause_the_account_for_a_quarter_of_an_hour(
    parts: Parts, boss: Identity, clock: FixedClock
) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            sessions.sign_in(parts, "厂办", "wrong password", *HERE)
    with pytest.raises(TooMany) as paused:
        sessions.sign_in(parts, "厂办", PASSWORD, "192.0.2.99", "")
    assert paused.value.params["retry_min"] == 15
    clock.pass_(15 * 60_000)
    assert sessions.sign_in(parts, "厂办", PASSWORD, *HERE)


def test_an_idle_session_ends(parts: Parts, boss: Identity, clock: FixedClock) -> None:
    secret = sessions.sign_in(parts, "厂办", PASSWORD, *HERE)
    clock.pass_(30 * 60_000)
    assert sessions.by_session(parts, secret, HERE[0]) is None


def test_a_session_in_use_ends_after_twelve_hours(parts: Parts, boss: Identity, clock: FixedClock) -> None:
    secret = sessions.sign_in(parts, "厂办", PASSWORD, *HERE)
    lasted = 0
    while sessions.by_session(parts, secret, HERE[0]):
        lasted = clock.pass_(20 * 60_000)
    assert lasted - boss.fresh == 12 * 3_600_000


def test_signing_out_ends_the_session_and_says_so(parts: Parts) -> None:
    secret = service.accept_link(parts, service.owner_link(parts) or "", "厂办", PASSWORD, *HERE, "zh")
    ended: list[SessionEnded] = []
    parts.db.bus.subscribe(SessionEnded, ended.append)
    sessions.sign_out(parts, _who(parts, secret))
    assert sessions.by_session(parts, secret, HERE[0]) is None
    assert len(ended) == 1


def _who(parts: Parts, secret: str) -> Identity:
    found = sessions.by_session(parts, secret, HERE[0])
    assert found is not None
    return found


def test_a_changed_password_ends_every_other_session(parts: Parts, boss: Identity) -> None:
    here, there = (sessions.sign_in(parts, "厂办", PASSWORD, *HERE) for _ in range(2))
    service.change_password(parts, _who(parts, here), PASSWORD, "交班说清楚再回家啊好")
    assert sessions.by_session(parts, there, HERE[0]) is None
    assert sessions.by_session(parts, here, HERE[0]) is not None


def test_the_sweep_ends_what_ran_out_and_says_so(parts: Parts, boss: Identity, clock: FixedClock) -> None:
    ended: list[SessionEnded] = []
    parts.db.bus.subscribe(SessionEnded, ended.append)
    clock.pass_(31 * 60_000)
    assert sessions.sweep(parts) == 1
    assert len(ended) == 1


def test_the_last_owner_stays_one(parts: Parts, boss: Identity) -> None:
    with pytest.raises(Conflict):
        service.change_person(parts, boss, boss.id, roles=(RoleGrant(Role.VIEWER),))
    with pytest.raises(Conflict):
        service.end_person(parts, boss, boss.id)


def test_an_invited_person_sets_a_password_and_holds_just_their_roles(parts: Parts, boss: Identity) -> None:
    _, link = service.add_person(parts, boss, "宣传干事", (RoleGrant(Role.AUTHOR),))
    who = _who(parts, service.accept_link(parts, link, "", PASSWORD + "吗", *HERE, "zh"))
    assert (who.may("content"), who.may("people"), who.may("review")) == (True, False, False)


def test_a_person_who_left_is_out_at_once(parts: Parts, boss: Identity) -> None:
    _, link = service.add_person(parts, boss, "宣传干事", (RoleGrant(Role.AUTHOR),))
    secret = service.accept_link(parts, link, "", PASSWORD, *HERE, "zh")
    service.end_person(parts, boss, _who(parts, secret).id)
    assert sessions.by_session(parts, secret, HERE[0]) is None


def test_a_name_is_taken_whatever_its_case(parts: Parts, boss: Identity) -> None:
    service.add_person(parts, boss, "Safety", ())
    with pytest.raises(Conflict):
        service.add_person(parts, boss, "safety", ())


def test_nobody_hands_out_more_than_they_hold(parts: Parts, boss: Identity) -> None:
    _, link = service.add_person(parts, boss, "宣传干事", (RoleGrant(Role.AUTHOR),))
    who = _who(parts, service.accept_link(parts, link, "", PASSWORD, *HERE, "zh"))
    with pytest.raises(Forbidden):
        service.add_token(parts, who, "mine", ("people",))


def test_a_revoked_or_expired_token_does_not_count(parts: Parts, boss: Identity, clock: FixedClock) -> None:
    revoked, first = service.add_token(parts, boss, "a", ("read",))
    _, second = service.add_token(parts, boss, "b", ("read",), expires_days=1)
    service.revoke_token(parts, boss, revoked.id)
    assert sessions.by_token(parts, first, "") is None
    assert sessions.by_token(parts, second, "") is not None
    clock.pass_(86_400_000)
    assert sessions.by_token(parts, second, "") is None


def test_a_token_of_another_organisation_cannot_be_revoked(parts: Parts, boss: Identity) -> None:
    token, _ = service.add_token(parts, boss, "a", ("read",))
    stranger = Identity("o2", "person", "x", "x", grants=boss.grants)
    with pytest.raises(NotFound):
        service.revoke_token(parts, stranger, token.id)


def test_the_login_of_one_who_left_is_free_again(parts: Parts, boss: Identity) -> None:
    person, _ = service.add_person(parts, boss, "张伟", ())
    service.end_person(parts, boss, person.id)
    assert service.add_person(parts, boss, "张伟", ())[0].id != person.id


def test_a_name_with_letters_beyond_ascii_signs_in(parts: Parts, boss: Identity) -> None:
    _, link = service.add_person(parts, boss, "ÛLKER", ())
    service.accept_link(parts, link, "", PASSWORD, *HERE, "zh")
    assert sessions.sign_in(parts, "ÛLKER", PASSWORD, *HERE)
    with pytest.raises(Conflict):
        service.add_person(parts, boss, "ÛLKER", ())


def test_roles_are_for_groups_that_exist(parts: Parts, boss: Identity) -> None:
    with pytest.raises(Invalid) as refused:
        service.add_person(parts, boss, "李工", (RoleGrant(Role.AUTHOR), RoleGrant(Role.AUTHOR, "nowhere")))
    assert [violation.field for violation in refused.value.violations] == ["roles.1.group"]


def test_an_owner_of_one_group_rules_neither_people_nor_settings(parts: Parts) -> None:
    foreman = Identity("o1", "person", "u9", "车间主任", grants=(Grant("*", "g1"),))
    held = [scope for scope in ("people", "settings", "audit", "screens") if foreman.may(scope)]
    assert held == ["screens"]
    with pytest.raises(Forbidden):
        service.add_token(parts, foreman, "mine", ("screens",))


def test_guesses_sent_all_at_once_gain_nothing(
    parts: Parts, boss: Identity, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(stored: str, password: str, memory_mb: int) -> bool:
        with parts.db.transaction() as tx:
            for _ in range(5):
                lockout.miss(tx, "厂办", "192.0.2.7", clock.now())
        return True

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(TooMany):
        sessions.sign_in(parts, "厂办", PASSWORD, *HERE)


def test_a_password_changed_while_the_old_one_is_checked_opens_nothing(
    parts: Parts, boss: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(stored: str, password: str, memory_mb: int) -> bool:
        with parts.db.transaction() as tx:
            tx.execute(people.update().values(password_hash="another"))
        return True

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(Unauthenticated):
        sessions.sign_in(parts, "厂办", PASSWORD, *HERE)


def test_one_address_has_few_passwords_checked_at_once_and_leaves_room_for_others(parts: Parts, boss: Identity) -> None:
    with ExitStack() as held:
        for _ in range(lockout.AT_ONCE):
            held.enter_context(lockout.turn("192.0.2.7"))
        with pytest.raises(TooMany):
            sessions.sign_in(parts, "厂办", PASSWORD, "192.0.2.7", "")
        assert sessions.sign_in(parts, "厂办", PASSWORD, *HERE)
    assert sessions.sign_in(parts, "厂办", PASSWORD, "192.0.2.7", "")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 81])
def test_a_poor_name_is_refused_also_for_what_is_made_on_the_command_line(
    parts: Parts, boss: Identity, name: str
) -> None:
    strip = NewScreenOrder(name, 192, 16, Colour.SINGLE)
    acts = (
        lambda: service.add_token(parts, boss, name, ("read",)),
        lambda: screens.add(parts, boss, strip),
        lambda: groups.add_group(parts, boss, name),
    )
    for act in acts:
        with pytest.raises(Invalid) as refusal:
            act()
        assert [violation.field for violation in refusal.value.violations] == ["name"]


def test_an_address_that_guesses_at_many_names_pauses_for_all_of_them_and_no_other_does(
    parts: Parts, boss: Identity
) -> None:
    for n in range(lockout.ADDRESS_FAILURES):
        with pytest.raises(Unauthenticated):
            sessions.sign_in(parts, f"guess {n}", "wrong password", "192.0.2.66", "")
        if n == 10:
            assert sessions.sign_in(
                parts, "厂办", PASSWORD, "192.0.2.66", ""
            )  # a right one forgives the address nothing
    with pytest.raises(TooMany):
        sessions.sign_in(parts, "厂办", PASSWORD, "192.0.2.66", "")
    assert sessions.sign_in(parts, "厂办", PASSWORD, *HERE)
