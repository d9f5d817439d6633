"""Use cases of pairing: a code on the wall, its claim at the desk, a screen key, and backing off from guessers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from server import audit
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Gone, Invalid, NotFound, TooMany, Violation
from server.ids import digest, new_code, new_id, new_secret
from server.parts import Parts
from server.screens import player_store, players, service, store
from server.screens.model import Credential, NewScreenOrder, Pairing, Screen

CODE_MS = 10 * 60_000
KEPT_MS = 3_600_000  # an ended code stays known for this long, so that its own player is not taken for a guesser
MISSES = 5
PAUSE_MS, LONGEST_PAUSE_MS = 30_000, 15 * 60_000
FORGIVE_MS = 15 * 60_000
ALL_MISSES = 200  # from all addresses together within FORGIVE_MS
CODES_PER_ADDRESS, CODES = 50, 2_000
EVERYONE = "pair:everyone"


@dataclass(frozen=True, slots=True)
class Claim:
    """A code read off a wall, and its screen: ``screen`` exists, or ``new`` is to be made."""

    code: str
    screen: str = ""
    new: NewScreenOrder | None = None


def ask(parts: Parts, who: Identity, pixels: tuple[int, int] | None = None) -> Pairing:
    """Return a new code and the secret its player polls with; raise TooMany when too many wait already."""
    at, secret = parts.clock.now(), new_secret("")
    with parts.db.transaction() as tx:
        player_store.sweep_pairings(tx, at - KEPT_MS)
        if (
            player_store.waiting_codes(tx, at, who.address) >= CODES_PER_ADDRESS
            or player_store.waiting_codes(tx, at) >= CODES
        ):
            raise TooMany(retry_s=60)
        made = Pairing(new_id("c"), _free_code(tx, at), secret, at + CODE_MS)
        player_store.insert_pairing(
            tx, id=made.id, code=made.code, secret_hash=digest(secret), address=who.address, created=at,
            expires=made.expires, pixels=list(pixels) if pixels else None,
        )  # fmt: skip
    return made


def _free_code(tx: Transaction, at: int) -> str:
    code = new_code()
    while player_store.open_code(tx, code, at) is not None:
        code = new_code()
    return code


def poll(parts: Parts, who: Identity, code: str, secret: str) -> Credential | None:
    """Return the token of a claimed code, once; None while nobody claimed it; raise Gone when it is over or unknown."""
    at = parts.clock.now()
    _back_off(parts, who, at)
    with parts.db.read() as tx:
        found = player_store.pairing_of(tx, _plain(code), digest(secret))
    if found is not None and found.screen is None and found.expires > at:
        return None
    with parts.db.transaction() as tx:
        found = player_store.pairing_of(tx, _plain(code), digest(secret))
        if found is None:
            player_store.miss_code(tx, _plain(code))
            _count_miss(tx, who, at)
        elif found.screen is not None and found.expires > at and found.taken is None:
            return _take(tx, who, at, found)
    raise Gone(detail="screens.code_gone")


def _take(tx: Transaction, who: Identity, at: int, found: Any) -> Credential:
    screen = _screen_of(tx, found.screen)
    player_store.set_pairing(tx, found.id, taken=at)
    return players.admit(tx, replace(who, org=screen.org), at, screen)


def _screen_of(tx: Transaction, name: str) -> Screen:
    found = store.screen_anywhere(tx, name)
    if found is None:
        raise Gone(detail="screens.code_gone")
    return found


def by_key(parts: Parts, who: Identity, key: str, *, replace_others: bool = False) -> Credential:
    """Return a token for a screen key; raise NotFound when no screen has it. Older tokens end only when asked."""
    at = parts.clock.now()
    _back_off(parts, who, at)
    with parts.db.transaction() as tx:
        screen = store.screen_by_key(tx, digest(key))
        if screen is not None:
            here = replace(who, org=screen.org)
            if replace_others:
                players.end_all(tx, here, at, screen)
            return players.admit(tx, here, at, screen)
        _count_miss(tx, who, at)
    raise NotFound(detail="screens.key_unknown")


def look(parts: Parts, who: Identity, code: str) -> tuple[int, int] | None:
    """The window in px that the player behind a code told, None when it told none; raises as ``claim`` does."""
    who.must("screens")
    at = parts.clock.now()
    _back_off(parts, who, at)
    with parts.db.transaction() as tx:
        found = player_store.open_code(tx, _plain(code), at)
        if found is not None:
            return (found.pixels[0], found.pixels[1]) if found.pixels else None
        _count_miss(tx, who, at)
    raise Invalid((Violation("code", "screens.code_unknown"),))


def claim(parts: Parts, who: Identity, order: Claim) -> Screen:
    """Give the player behind a code to a screen; raise Invalid for a code that is unknown, used or over."""
    who.must("screens")
    at = parts.clock.now()
    _back_off(parts, who, at)
    with parts.db.transaction() as tx:
        found = player_store.open_code(tx, _plain(order.code), at)
        if found is not None:
            return _give(tx, who, at, found, order)
        _count_miss(tx, who, at)
    raise Invalid((Violation("code", "screens.code_unknown"),))


def _give(tx: Transaction, who: Identity, at: int, found: Any, order: Claim) -> Screen:
    if order.new is not None:
        screen = service.insert(tx, who, at, order.new).screen
    else:
        screen = service.visible(tx, who, order.screen, "screens")
    # The player has as long again to fetch its token, however late the code was typed.
    player_store.set_pairing(tx, found.id, screen=screen.id, expires=at + CODE_MS)
    player_store.drop_attempt(tx, _address_key(who))
    audit.record(tx, who, at, "pairing.claim", screen.id, after={"pixels": found.pixels})
    return screen


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()[:12]


# backing off ------------------------------------------------------------------------------------------------------


def _address_key(who: Identity) -> str:
    return f"pair:{who.address}"[:160]


def _back_off(parts: Parts, who: Identity, at: int) -> None:
    with parts.db.read() as tx:
        until = max((found.until for key in (_address_key(who), EVERYONE) if (found := player_store.attempt(tx, key))),
                    default=0)  # fmt: skip
    if until > at:
        raise TooMany(detail="screens.too_many_codes", retry_s=(until - at + 999) // 1000)


def _count_miss(tx: Transaction, who: Identity, at: int) -> None:
    """The fifth miss of an address starts a pause, each later one a longer one; all addresses share a larger count."""
    for key, limit, longest in ((_address_key(who), MISSES, LONGEST_PAUSE_MS), (EVERYONE, ALL_MISSES, PAUSE_MS)):
        found = player_store.attempt(tx, key)
        fresh = found is None or at - max(found.last, found.until) > FORGIVE_MS
        failures = 1 if fresh else found.failures + 1
        pause = min(longest, PAUSE_MS * 2 ** min(failures - limit, 20)) if failures >= limit else 0
        player_store.save_attempt(tx, key, failures, at, at + pause)
