"""SQL of players, pairing codes, commands and misses; never commits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from server.db import Transaction
from server.screens.model import Command, CommandKind, Player, Report
from server.tables import attempts, commands, pairings, players, screens

# players ----------------------------------------------------------------------------------------------------------


def insert_player(tx: Transaction, **values: Any) -> None:
    """Add a player's row."""
    tx.execute(players.insert().values(**values))


def players_of_tokens(tx: Transaction, token_hashes: Iterable[str]) -> list[tuple[str, str, str, str]]:
    """(token hash, org, player, screen) of the device tokens that count."""
    return [tuple(row) for row in tx.execute(_OF_TOKENS, {"hashes": list(token_hashes)}).all()]


_OF_TOKENS = (
    sa.select(players.c.token_hash, players.c.org, players.c.id, players.c.screen)
    .select_from(players.join(screens, screens.c.id == players.c.screen))
    .where(players.c.token_hash.in_(sa.bindparam("hashes", expanding=True)))
    .where(players.c.revoked.is_(None), screens.c.retired.is_(None))
)


def players_of(tx: Transaction, org: str, screen: str) -> tuple[Player, ...]:
    """A screen's players with a live token, the longest silent first."""
    where = (players.c.org == org, players.c.screen == screen, players.c.revoked.is_(None))
    order = (players.c.online, sa.func.coalesce(players.c.last_seen, players.c.paired), players.c.id)
    columns = [column for column in players.c if column.name not in ("org", "token_hash")]
    return tuple(Player(**row) for row in tx.execute(sa.select(*columns).where(*where).order_by(*order)).mappings())


def revoke(tx: Transaction, org: str, player: str, at: int) -> None:
    """End a player's token."""
    where = (players.c.org == org, players.c.id == player)
    tx.execute(players.update().where(*where).values(revoked=at, online=False))


def forget_players(tx: Transaction, before: int) -> int:
    """Remove players whose token ended before that instant; return how many."""
    gone: int = tx.execute(players.delete().where(players.c.revoked < before)).rowcount
    return gone


def write_reports(tx: Transaction, reports: Iterable[Report]) -> tuple[tuple[str, str], ...]:
    """Write what players told; return (org, screen) of those whose presence looks different now."""
    told = {report.player: report for report in reports}
    whole = {player for player, report in told.items() if report.body is not None}
    rows = [*tx.execute(_SHORT, {"ids": list(told.keys() - whole)}), *tx.execute(_WHOLE, {"ids": list(whole)})]
    for statement, some in ((_UPDATE, told.keys() - whole), (_UPDATE_WHOLE, whole)):
        if values := [_values(row, told[row.id]) for row in rows if row.id in some]:
            tx.execute(statement, values)
    return tuple((row.org, row.screen) for row in rows if _differs(row, told[row.id]))


_SHORT = (  # what a player that says hello need not read: its last report
    sa.select(players.c.id, players.c.org, players.c.screen, players.c.online, players.c.programme).where(
        players.c.id.in_(sa.bindparam("ids", expanding=True)), players.c.revoked.is_(None)
    )
)
_WHOLE = _SHORT.add_columns(players.c.report)
_UPDATE = (
    players.update()
    .where(players.c.id == sa.bindparam("player"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("online", "last_seen", "programme")})
    .values(version=sa.func.coalesce(sa.bindparam("new_version", type_=sa.Text), players.c.version))
)
_UPDATE_WHOLE = _UPDATE.values(report=sa.bindparam("new_report", type_=players.c.report.type))


def _values(row: Any, report: Report) -> dict[str, Any]:
    values = {
        "player": row.id,
        "new_online": report.online,
        "new_last_seen": report.at,
        "new_programme": row.programme if report.programme is None else report.programme,
        "new_version": report.version,
    }
    return values if report.body is None else {**values, "new_report": report.body}


def _differs(row: Any, report: Report) -> bool:
    if bool(row.online) != report.online or report.programme not in (None, row.programme):
        return True
    return report.body is not None and _cues(report.body) != _cues(row.report)


def _cues(body: Any) -> Any:
    return body.get("cues") if isinstance(body, dict) else None


def silence(tx: Transaction, before: int) -> tuple[tuple[str, str], ...]:
    """Mark players offline that were last heard ``before`` that instant; return their (org, screen)."""
    quiet = (players.c.online.is_(True), sa.func.coalesce(players.c.last_seen, 0) < before)
    rows = tx.execute(sa.select(players.c.org, players.c.screen).where(*quiet).distinct()).all()
    if rows:
        tx.execute(players.update().where(*quiet).values(online=False))
    return tuple((row.org, row.screen) for row in rows)


# pairing codes ----------------------------------------------------------------------------------------------------


def insert_pairing(tx: Transaction, **values: Any) -> None:
    """Add a code."""
    tx.execute(pairings.insert().values(**values))


def sweep_pairings(tx: Transaction, before: int) -> None:
    """Forget codes that ended before that instant."""
    tx.execute(pairings.delete().where(pairings.c.expires < before))


def waiting_codes(tx: Transaction, at: int, address: str | None = None) -> int:
    """How many codes wait to be claimed, in all or for one address."""
    where = [pairings.c.expires > at, pairings.c.screen.is_(None)]
    if address is not None:
        where.append(pairings.c.address == address)
    number: int = tx.execute(sa.select(sa.func.count()).select_from(pairings).where(*where)).scalar_one()
    return number


def open_code(tx: Transaction, code: str, at: int) -> Any:
    """The row of a code that waits to be claimed, or None."""
    where = (pairings.c.code == code, pairings.c.expires > at, pairings.c.screen.is_(None), pairings.c.misses < 5)
    return tx.execute(sa.select(pairings).where(*where)).first()


def pairing_of(tx: Transaction, code: str, secret_hash: str) -> Any:
    """The newest row with this code and secret, ended or not, or None."""
    where = (pairings.c.code == code, pairings.c.secret_hash == secret_hash)
    return tx.execute(sa.select(pairings).where(*where).order_by(pairings.c.created.desc())).first()


def miss_code(tx: Transaction, code: str) -> None:
    """Count a wrong secret against a code, so that it ends after five."""
    tx.execute(pairings.update().where(pairings.c.code == code).values(misses=pairings.c.misses + 1))


def set_pairing(tx: Transaction, pairing: str, **values: Any) -> None:
    """Write columns of a code."""
    tx.execute(pairings.update().where(pairings.c.id == pairing).values(**values))


# misses -----------------------------------------------------------------------------------------------------------


def attempt(tx: Transaction, key: str) -> Any:
    """The counter of wrong guesses under a key, or None."""
    return tx.execute(sa.select(attempts).where(attempts.c.key == key)).first()


def save_attempt(tx: Transaction, key: str, failures: int, last: int, until: int) -> None:
    """Write a counter of wrong guesses."""
    tx.execute(attempts.delete().where(attempts.c.key == key))
    tx.execute(attempts.insert().values(key=key, failures=failures, last=last, until=until))


def drop_attempt(tx: Transaction, key: str) -> None:
    """Forget a counter."""
    tx.execute(attempts.delete().where(attempts.c.key == key))


# commands ---------------------------------------------------------------------------------------------------------


def insert_command(tx: Transaction, org: str, command: Command) -> None:
    """Add a command's row."""
    names = ("id", "screen", "by", "ordered")
    values = {name: getattr(command, name) for name in names}
    tx.execute(commands.insert().values(org=org, kind=command.kind.value, **values))


def command(tx: Transaction, org: str, screen: str, name: str) -> Command | None:
    """A screen's command, or None."""
    where = (commands.c.org == org, commands.c.screen == screen, commands.c.id == name)
    row = tx.execute(sa.select(commands).where(*where)).mappings().first()
    return _command(row) if row else None


def commands_of(tx: Transaction, org: str, screen: str, limit: int) -> tuple[Command, ...]:
    """A screen's last commands, newest first."""
    where = (commands.c.org == org, commands.c.screen == screen)
    chosen = sa.select(commands).where(*where).order_by(commands.c.ordered.desc(), commands.c.id).limit(limit)
    return tuple(_command(row) for row in tx.execute(chosen).mappings())


def command_outcome(tx: Transaction, name: str, at: int, ok: bool, result: Any) -> None:
    """Write the first answer to a command."""
    tx.execute(
        commands.update().where(commands.c.id == name, commands.c.done.is_(None)).values(done=at, ok=ok, result=result)
    )


def forget_commands(tx: Transaction, before: int) -> int:
    """Remove commands ordered before that instant; return how many."""
    gone: int = tx.execute(commands.delete().where(commands.c.ordered < before)).rowcount
    return gone


def command_results(tx: Transaction) -> tuple[Any, ...]:
    """Every stored outcome that holds something, of all organisations."""
    return tuple(tx.execute(sa.select(commands.c.result).where(commands.c.kind == "screenshot")).scalars())


def _command(row: Any) -> Command:
    return Command(**{**{k: v for k, v in row.items() if k != "org"}, "kind": CommandKind(row["kind"])})
