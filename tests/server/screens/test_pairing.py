"""Pairing by code and by key, device tokens, and guessers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.clock import FixedClock
from server.errors import Gone, Invalid, NotFound, Problem, TooMany
from server.events import PlayerRevoked
from server.ids import CODE_ALPHABET
from server.parts import Parts
from server.screens import pairing, players, service
from server.screens.model import PLAYERS_PER_SCREEN, Keyed, NewScreenOrder, Pairing
from server.tables import pairings
from server.tables import players as players_table

WALL = nobody("o1", "zh", "192.0.2.50")


@pytest.fixture
def strip(parts: Parts, owner: Identity) -> Keyed:
    return service.add(parts, owner, NewScreenOrder("东门条屏", 192, 16, Colour.SINGLE))


@pytest.fixture
def asked(parts: Parts) -> Pairing:
    return pairing.ask(parts, WALL, (192, 16))


def wrong(asked: Pairing) -> str:
    return ("2" if asked.code[0] != "2" else "3") + asked.code[1:]


def miss(parts: Parts, who: Identity, code: str, times: int) -> list[type[Problem]]:
    met = []
    for _ in range(times):
        with pytest.raises(Problem) as refused:
            pairing.claim(parts, who, pairing.Claim(code, "s1"))
        met.append(refused.type)
    return met


def test_a_claimed_code_gives_its_player_a_token_once(
    parts: Parts, owner: Identity, strip: Keyed, asked: Pairing
) -> None:
    assert pairing.poll(parts, WALL, asked.code, asked.secret) is None
    pairing.claim(parts, owner, pairing.Claim(f" {asked.code[:3].lower()} {asked.code[3:]}", strip.screen.id))
    given = pairing.poll(parts, WALL, asked.code, asked.secret)
    assert given is not None
    assert given.screen.id == strip.screen.id
    with pytest.raises(Gone):
        pairing.poll(parts, WALL, asked.code, asked.secret)
    who = players.authenticate_player(parts, given.token)
    assert who is not None
    assert (who.kind, who.screen, who.org) == ("player", strip.screen.id, "o1")


def test_a_code_may_be_claimed_for_a_new_screen(parts: Parts, owner: Identity, asked: Pairing) -> None:
    new = NewScreenOrder("新屏", 256, 64, Colour.DUAL)
    assert pairing.claim(parts, owner, pairing.Claim(asked.code, new=new)).name == "新屏"


def test_codes_avoid_letters_that_look_alike(asked: Pairing) -> None:
    assert len(asked.code) == 6
    assert set(asked.code) <= set(CODE_ALPHABET)


def test_a_code_ends_after_ten_minutes(
    parts: Parts, clock: FixedClock, owner: Identity, strip: Keyed, asked: Pairing
) -> None:
    clock.pass_(pairing.CODE_MS)
    with pytest.raises(Invalid):
        pairing.claim(parts, owner, pairing.Claim(asked.code, strip.screen.id))
    with pytest.raises(Gone):
        pairing.poll(parts, WALL, asked.code, asked.secret)


def test_a_code_claimed_in_its_last_second_still_reaches_its_player(
    parts: Parts, clock: FixedClock, owner: Identity, strip: Keyed, asked: Pairing
) -> None:
    clock.pass_(pairing.CODE_MS - 1)
    pairing.claim(parts, owner, pairing.Claim(asked.code, strip.screen.id))
    clock.pass_(2_000)
    assert pairing.poll(parts, WALL, asked.code, asked.secret) is not None


def test_the_fifth_wrong_code_of_an_address_pauses_it_and_longer_each_time(
    parts: Parts, clock: FixedClock, owner: Identity, asked: Pairing
) -> None:
    assert miss(parts, owner, wrong(asked), 6) == [Invalid] * 5 + [TooMany]
    clock.pass_(pairing.PAUSE_MS)
    assert miss(parts, owner, wrong(asked), 2) == [Invalid, TooMany]
    clock.pass_(pairing.PAUSE_MS)
    assert miss(parts, owner, wrong(asked), 1) == [TooMany]


def test_another_address_is_not_paused(parts: Parts, owner: Identity, strip: Keyed, asked: Pairing) -> None:
    miss(parts, owner, wrong(asked), 6)
    other = replace(owner, address="192.0.2.9")
    assert pairing.claim(parts, other, pairing.Claim(asked.code, strip.screen.id)).id == strip.screen.id


def test_guesses_from_many_addresses_meet_a_limit_for_all(parts: Parts, owner: Identity, asked: Pairing) -> None:
    for n in range(pairing.ALL_MISSES // 4):
        miss(parts, replace(owner, address=f"192.0.2.{n}"), wrong(asked), 4)
    with pytest.raises(TooMany):
        pairing.claim(parts, replace(owner, address="198.51.100.1"), pairing.Claim(asked.code, "s1"))


def test_a_wrong_secret_and_an_unknown_code_look_the_same(parts: Parts, asked: Pairing) -> None:
    met = []
    for code in (asked.code, wrong(asked)):
        with pytest.raises(Gone) as refused:
            pairing.poll(parts, WALL, code, "guess")
        met.append(refused.value.detail)
    assert len(set(met)) == 1


def test_five_wrong_secrets_end_a_code(parts: Parts, owner: Identity, strip: Keyed, asked: Pairing) -> None:
    for n in range(5):
        with pytest.raises(Gone):
            pairing.poll(parts, replace(WALL, address=f"192.0.2.{n}"), asked.code, "guess")
    with pytest.raises(Invalid):
        pairing.claim(parts, owner, pairing.Claim(asked.code, strip.screen.id))


def test_one_address_cannot_fill_the_wall_with_codes(parts: Parts) -> None:
    for _ in range(pairing.CODES_PER_ADDRESS):
        pairing.ask(parts, WALL)
    with pytest.raises(TooMany):
        pairing.ask(parts, WALL)


def test_a_screen_key_pairs_by_itself_and_older_players_play_on(parts: Parts, owner: Identity, strip: Keyed) -> None:
    first, second = pairing.by_key(parts, WALL, strip.key), pairing.by_key(parts, WALL, strip.key)
    assert players.authenticate_player(parts, first.token)
    assert {one.id for one in players.list_players(parts, owner, strip.screen.id)} == {first.player, second.player}


def test_pairing_by_key_ends_older_tokens_only_when_asked(parts: Parts, strip: Keyed) -> None:
    first = pairing.by_key(parts, WALL, strip.key)
    second = pairing.by_key(parts, WALL, strip.key, replace_others=True)
    assert players.authenticate_player(parts, first.token) is None
    assert players.authenticate_player(parts, second.token)


def test_a_renewed_key_ends_the_old_one_but_no_token(parts: Parts, owner: Identity, strip: Keyed) -> None:
    given, key = pairing.by_key(parts, WALL, strip.key), service.renew_key(parts, owner, strip.screen.id)
    with pytest.raises(NotFound):
        pairing.by_key(parts, WALL, strip.key)
    assert pairing.by_key(parts, WALL, key).screen.id == strip.screen.id
    assert players.authenticate_player(parts, given.token)


def test_wrong_keys_are_backed_off_too(parts: Parts) -> None:
    for _ in range(pairing.MISSES):
        with pytest.raises(NotFound):
            pairing.by_key(parts, WALL, "pmk_guess")
    with pytest.raises(TooMany):
        pairing.by_key(parts, WALL, "pmk_guess")


def test_a_wiped_kiosk_that_pairs_again_and_again_leaves_no_heap_of_players(
    parts: Parts, owner: Identity, strip: Keyed, clock: FixedClock
) -> None:
    for _ in range(PLAYERS_PER_SCREEN + 3):
        newest = pairing.by_key(parts, WALL, strip.key)
        clock.pass_(1_000)
    found = players.list_players(parts, owner, strip.screen.id)
    assert len(found) == PLAYERS_PER_SCREEN
    assert newest.player in {one.id for one in found}


def test_a_revoked_token_opens_nothing_and_is_announced(parts: Parts, owner: Identity, strip: Keyed) -> None:
    told: list[PlayerRevoked] = []
    parts.db.bus.subscribe(PlayerRevoked, told.append)
    given = pairing.by_key(parts, WALL, strip.key)
    players.revoke(parts, owner, strip.screen.id, given.player)
    assert players.authenticate_player(parts, given.token) is None
    assert [fact.player for fact in told] == [given.player]
    with pytest.raises(NotFound):
        players.revoke(parts, owner, strip.screen.id, given.player)


def test_a_retired_screen_takes_its_tokens_and_key_along(parts: Parts, owner: Identity, strip: Keyed) -> None:
    given = pairing.by_key(parts, WALL, strip.key)
    service.retire(parts, owner, strip.screen.id)
    assert players.authenticate_player(parts, given.token) is None
    with pytest.raises(NotFound):
        pairing.by_key(parts, WALL, strip.key)


def test_no_secret_of_pairing_is_stored_as_it_is(parts: Parts, strip: Keyed, asked: Pairing) -> None:
    given = pairing.by_key(parts, WALL, strip.key)
    with parts.db.read() as tx:
        stored = str([tx.execute(table.select()).all() for table in (pairings, players_table)])
    assert asked.secret not in stored
    assert given.token not in stored


@pytest.mark.parametrize("token", ["", "pmp_", "pmp_x", "pmp_" + "a" * 300, "pmp_你好", "Bearer"])
def test_a_strange_token_is_nobody(parts: Parts, token: str) -> None:
    assert players.authenticate_player(parts, token) is None


def test_the_desk_learns_the_window_of_the_player_behind_a_code(parts: Parts, owner: Identity, asked: Pairing) -> None:
    assert pairing.look(parts, owner, asked.code.lower()) == (192, 16)
    with pytest.raises(Invalid):
        pairing.look(parts, owner, wrong(asked))


def test_looking_at_codes_is_guessing_too(parts: Parts, owner: Identity, asked: Pairing) -> None:
    for _ in range(pairing.MISSES):
        with pytest.raises(Invalid):
            pairing.look(parts, owner, wrong(asked))
    with pytest.raises(TooMany):
        pairing.look(parts, owner, asked.code)
