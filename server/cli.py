"""The command line: what may be asked, and how a refusal is told; ``server.terminal`` does what is asked."""

from __future__ import annotations

if __name__ == "__main__":  # nothing may be imported before the patch: locks and sockets are taken at import
    from gevent import monkey

    monkey.patch_all()

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from server import terminal
from server.config import BadSetting, Config, read_config
from server.errors import Problem
from server.words import say

ROLES = ("owner", "author", "reviewer", "publisher", "safety_officer", "auditor", "viewer")
SEVERITIES = ("extreme", "severe", "moderate", "minor")
COLOURS = ("single", "dual", "seven", "full")

Command = Callable[[argparse.Namespace, Config], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 when it was refused, 2 when it was not understood."""
    options = parser().parse_args(arguments)
    locale = os.environ.get("PAOMADENG_LOCALE", "zh")
    try:
        config, _ = read_config(os.environ, **_given(options))
        locale = config.locale
        return int(options.run(options, config))
    except BadSetting as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # who reads our output had enough, such as ``head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return _refused(_said(error, locale))


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line itself gives."""
    return {name: getattr(options, name, None) for name in ("data", "host", "port")}


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _said(error: Exception, locale: str) -> str:
    """An error as a sentence for the one at the terminal; a fault of ours is raised again, for it needs its trace."""
    from sqlalchemy.exc import DatabaseError

    from server.faults import translate

    problem = translate(error)
    if problem is not None:
        return _sentence(problem, locale)
    if type(error) is DatabaseError:  # its kinds are faults of ours; the plain one is a file that is no database
        return say("console.database", locale, why=error.orig)
    raise error


def _sentence(problem: Problem, locale: str) -> str:
    found = [f"{v.field}: {say(v.rule, locale, **dict(v.params))}" for v in problem.violations]
    return "; ".join(found) or say(problem.detail, locale, **problem.params)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="run.py", description="Paomadeng 跑马灯: digital signage for factories")
    top.set_defaults(run=terminal.serve)
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--data", help="data folder (default: var, or PAOMADENG_DATA)")
    _add_listening(top)
    top.add_argument("--data", help="data folder, as for every command")
    commands = top.add_subparsers(metavar="COMMAND")

    def add(name: str, run: Command, told: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=told, description=told, parents=[common])
        made.set_defaults(run=run)
        return made

    serving = add("serve", terminal.serve, "serve the desk and the players (also without a command)")
    _add_listening(serving)
    told = "nodes of this machine at one port; they need PAOMADENG_DATABASE_URL and PAOMADENG_REDIS_URL"
    serving.add_argument("--workers", type=_number(1, 64, int), default=1, metavar="N", help=told)
    serving.add_argument("--worker", type=int, help=argparse.SUPPRESS)  # which of them this process is
    _add_accounts(commands, common)
    _add_screens(commands, common)
    _add_alerts(commands, common)
    _add_swarm(commands, common)
    add("import", terminal.import_, "take playlists from a folder of Markdown").add_argument("path", type=Path)
    add("export", terminal.export, "write every playlist as a folder of Markdown").add_argument("path", type=Path)
    add("backup", terminal.backup, "write database and media to one file").add_argument("file", type=Path)
    add("restore", terminal.restore, "replace database and media from such a file").add_argument("file", type=Path)
    told = "copy a site in SQLite to an empty PostgreSQL and compare every row; may be run again after any interruption"
    add("move", terminal.move, told).add_argument(
        "--to", required=True, metavar="URL", help="postgresql://USER@HOST/NAME, the password in PGPASSWORD or the URL"
    )
    add("doctor", terminal.doctor, "look at fonts, disk, clock, database and ports, and say what to do")
    audited = commands.add_parser("audit", help="the audit log").add_subparsers(metavar="ACT", required=True)
    audited.add_parser("verify", help="check its hash chain", parents=[common]).set_defaults(run=terminal.audit_verify)
    add("migrate", terminal.migrate, "bring the database to the newest schema")
    add("config", terminal.settings, "every setting, its value and where that came from")
    add("version", terminal.version, "the version")
    return top


def _add_listening(serving: argparse.ArgumentParser) -> None:
    """Also before the command or without one; what is not given must not undo what was."""
    serving.add_argument("--host", default=argparse.SUPPRESS, help="address to listen on")
    serving.add_argument("--port", default=argparse.SUPPRESS, type=int, help="port to listen on")


def _add_accounts(commands: Any, common: argparse.ArgumentParser) -> None:
    users = commands.add_parser("user", help="people").add_subparsers(metavar="ACT", required=True)
    user = users.add_parser("add", help="add a person", parents=[common])
    user.add_argument("--name", required=True)
    user.add_argument("--role", required=True, choices=ROLES)
    user.add_argument("--password-stdin", action="store_true", required=True)
    user.set_defaults(run=terminal.user_add)
    tokens = commands.add_parser("token", help="API tokens").add_subparsers(metavar="ACT", required=True)
    token = tokens.add_parser("add", help="make a token; prints it once", parents=[common])
    token.add_argument("--name", required=True)
    token.add_argument("--scopes", required=True, help="such as 'read content', or '*'")
    token.add_argument("--expires", type=_number(1, 3650, int), metavar="DAYS")
    token.set_defaults(run=terminal.token_add)


def _add_screens(commands: Any, common: argparse.ArgumentParser) -> None:
    screens = commands.add_parser("screen", help="screens").add_subparsers(metavar="ACT", required=True)
    screen = screens.add_parser("add", help="add a screen; prints its id and key", parents=[common])
    screen.add_argument("--name", required=True)
    screen.add_argument("--size", required=True, type=_size, metavar="WxH")
    screen.add_argument("--colour", required=True, choices=COLOURS)
    screen.add_argument("--pitch", type=_number(0.5, 100, float), default=10.0, metavar="MM")
    screen.add_argument("--group")
    screen.set_defaults(run=terminal.screen_add)
    screens.add_parser("list", help="every screen", parents=[common]).set_defaults(run=terminal.screen_list)


def _add_alerts(commands: Any, common: argparse.ArgumentParser) -> None:
    alerts = commands.add_parser("alert", help="emergency alerts").add_subparsers(metavar="ACT", required=True)
    told = "say something on every target now; prints the alert's id"
    alert = alerts.add_parser("issue", help=told, description=told, parents=[common])
    alert.add_argument("--status", choices=("actual", "exercise", "test"), default="actual")
    alert.add_argument("--severity", choices=SEVERITIES, help="needed without a template")
    alert.add_argument("--headline", help="needed without a template")
    alert.add_argument("--instruction")
    alert.add_argument("--template", help="a template's name, such as fire")
    alert.add_argument(
        "--targets", required=True, action="append", metavar="all|NAME,…", help="screens, groups, organisations, or all"
    )
    alert.add_argument("--presentation", choices=("takeover", "banner"))
    alert.add_argument("--urgency", choices=("immediate", "expected", "future", "past", "unknown"))
    alert.add_argument("--expires", type=_number(1, 7 * 86_400, int), metavar="SECONDS")
    alert.add_argument("--place", help="where it happened")
    alert.add_argument("--code", action="store_true", help="ask people to acknowledge")
    alert.set_defaults(run=terminal.alert_issue)
    cleared = alerts.add_parser("clear", help="all clear", parents=[common])
    cleared.add_argument("alert", metavar="ID")
    cleared.add_argument("--note", default="", help="for the record")
    cleared.set_defaults(run=terminal.alert_clear)
    listed = alerts.add_parser("list", help="alerts and drills, the newest first", parents=[common])
    listed.add_argument("--limit", type=_number(1, 200, int), default=50)
    listed.set_defaults(run=terminal.alert_list)


def _add_swarm(commands: Any, common: argparse.ArgumentParser) -> None:
    told = "a simulated fleet of players, to see what this server and network can do"
    swarm = commands.add_parser("swarm", help=told, description=told, parents=[common])
    swarm.add_argument("--screens", type=_number(1, 20_000, int), default=100, metavar="N")
    swarm.add_argument("--server", help="address of another server; without it the one of the data folder")
    swarm.add_argument("--token", help="API token for --server, scope screens")
    swarm.add_argument("--port", default=argparse.SUPPRESS, type=int, help="port of the data folder's server")
    swarm.add_argument("--faults", type=_faults, default="", metavar="slow=2,flapping=1,wrong-clock=5,silent=1")
    swarm.add_argument("--rate", type=_number(1, 20_000, int), default=500, help="connections a second")
    swarm.add_argument("--seconds", type=_number(1, 10**7, int), help="how long; without it until Ctrl-C")
    swarm.add_argument("--remove", action="store_true", help="retire the fleet's screens")
    swarm.set_defaults(run=terminal.swarm)


def _faults(text: str) -> Any:
    from players.swarm.faults import faults

    try:
        return faults(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: wanted shares in per cent, such as slow=2,silent=1") from error


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (text.isascii() and width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text}: wanted WxH in pixels, such as 192x16")
    return int(width), int(height)


def _number(low: float, high: float, kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """What reads an option between two numbers; anything else, "nan" too, is a wrong use of the command."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text}: wanted a number") from error
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text}: wanted {low} to {high}")
        return value

    return read


if __name__ == "__main__":
    sys.exit(main())
