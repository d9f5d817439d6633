"""The command ``swarm``: a simulated fleet against this server, or another one, and the screens it plays on."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from hashlib import sha256

from players.swarm import hiring, roster, watching
from players.swarm.hiring import Hired
from playlists.model import Colour
from server.accounts.model import Identity, system
from server.accounts.site import first
from server.config import BadSetting, Config
from server.errors import NotFound
from server.parts import Parts
from server.screens import groups, pairing, players, service
from server.screens.model import NewScreenOrder
from server.words import say

BATCH = 100  # screens in one transaction: nobody else writes meanwhile


def hire(parts: Parts, who: Identity, count: int, group: str) -> list[Hired]:
    """Make ``count`` screens of a group and pair each."""
    held = [one.id for one, _ in groups.list_groups(parts, who) if one.name == group]
    within = held[0] if held else groups.add_group(parts, who, group).id
    made: list[Hired] = []
    while len(made) < count:
        with parts.db.transaction():
            for _ in range(min(BATCH, count - len(made))):
                name = hiring.named(group)
                keyed = service.add(parts, who, NewScreenOrder(name, 192, 16, Colour.SINGLE, groups=(within,)))
                made.append(Hired(keyed.screen.id, pairing.by_key(parts, who, keyed.key).token))
    return made


def counting(parts: Parts, hired: Iterable[Hired]) -> list[Hired]:
    """Those whose token still counts."""
    return [one for one in hired if players.authenticate_player(parts, one.token) is not None]


def dismiss(parts: Parts, who: Identity, hired: Iterable[Hired]) -> int:
    """Retire the screens of a fleet; return how many were still there."""
    gone, left = 0, list(hired)
    while left:
        piece, left = left[:BATCH], left[BATCH:]
        with parts.db.transaction():
            gone += sum(_retired(parts, who, one) for one in piece)
    return gone


def _retired(parts: Parts, who: Identity, one: Hired) -> bool:
    try:
        service.retire(parts, who, one.screen)
    except NotFound:
        return False
    return True


def command(options: argparse.Namespace, config: Config, parts: Parts | None) -> int:
    """Run the fleet, or dismiss it; ``parts`` are those of the data folder, None for another server."""
    server = options.server or f"http://127.0.0.1:{config.port}"
    try:
        fleet = _here(parts, options, config) if parts else _there(options, config)
    except hiring.Refused as error:
        raise BadSetting(str(error)) from error
    if fleet is None:
        return 0
    if len(fleet) > watching.most_files():
        raise BadSetting(say("swarm.few_files", config.locale, most=watching.most_files()))
    _tell(say("swarm.hired", config.locale, count=len(fleet), server=server))
    tokens = [one.token for one in fleet]
    watching.watch(server, tokens, options.faults, _tell, seconds=options.seconds, rate=options.rate)
    return 0


def _tell(text: str) -> None:
    print(text, flush=True)


def _here(parts: Parts, options: argparse.Namespace, config: Config) -> list[Hired] | None:
    """The fleet of the data folder, as large as asked; None once it is dismissed."""
    path, who = config.data / "swarm.json", system(first(parts).id)
    held = counting(parts, roster.read(path))
    if options.remove:
        _tell(say("swarm.removed", config.locale, count=dismiss(parts, who, held)))
        path.unlink(missing_ok=True)
        return None
    held += hire(parts, who, max(0, options.screens - len(held)), say("swarm.group", config.locale))
    roster.write(path, held)
    return held[: options.screens]


def _there(options: argparse.Namespace, config: Config) -> list[Hired] | None:
    """The fleet of another server, remembered in the data folder; None once it is dismissed."""
    if not options.token:
        raise BadSetting(say("swarm.token", config.locale))
    at = hiring.server(options.server, options.token)
    config.data.mkdir(parents=True, exist_ok=True)
    path = config.data / f"swarm-{sha256(at.url.encode()).hexdigest()[:12]}.json"
    held = roster.read(path)
    if options.remove:
        for one in held:
            hiring.dismiss(at, one.screen)
        _tell(say("swarm.removed", config.locale, count=len(held)))
        path.unlink(missing_ok=True)
        return None
    for one in hiring.hire(at, max(0, options.screens - len(held)), say("swarm.group", config.locale)):
        held.append(one)
        roster.write(path, held)
    return held[: options.screens]
