"""The command line: every command parses, calls the same services as the desk, and prints."""

from __future__ import annotations

if __name__ == "__main__":  # nothing may be imported before the patch: locks and sockets are taken at import
    from gevent import monkey

    monkey.patch_all()

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from server.config import BadSetting, Config, read_config
from server.errors import Problem
from server.words import say

Command = Callable[[argparse.Namespace, Config], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 when it was refused, 2 when it was not understood."""
    options = parser().parse_args(arguments)
    locale = os.environ.get("PAOMADENG_LOCALE", "zh")
    try:
        config, _ = read_config(os.environ, data=options.data, **_listening(options))
        locale = config.locale
        return int(options.run(options, config))
    except BadSetting as error:
        return _refused(str(error))
    except Problem as problem:
        return _refused(_sentence(problem, locale))
    except KeyboardInterrupt:
        return 130


def _listening(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name, None) for name in ("host", "port")}


def _refused(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _sentence(problem: Problem, locale: str) -> str:
    found = [f"{v.field}: {say(v.rule, locale, **dict(v.params))}" for v in problem.violations]
    return "; ".join(found) or say(problem.detail, locale, **problem.params)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="run.py", description="Paomadeng 跑马灯: digital signage for factories")
    top.set_defaults(run=_serve, data=None)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", help="data folder (default: var, or PAOMADENG_DATA)")
    commands = top.add_subparsers(metavar="COMMAND")

    def add(name: str, run: Command, told: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=told, description=told, parents=[common])
        made.set_defaults(run=run)
        return made

    serving = add("serve", _serve, "serve the desk and the players (also without a command)")
    serving.add_argument("--host")
    serving.add_argument("--port", type=int)
    _add_accounts(commands, common)
    _add_screens(commands, common)
    add("import", _import, "take playlists from a folder of Markdown").add_argument("path", type=Path)
    add("export", _export, "write every playlist as a folder of Markdown").add_argument("path", type=Path)
    add("backup", _backup, "write database and media to one file").add_argument("file", type=Path)
    add("restore", _restore, "replace database and media from such a file").add_argument("file", type=Path)
    add("doctor", _doctor, "look at fonts, disk, clock, database and ports, and say what to do")
    audited = commands.add_parser("audit", help="the audit log").add_subparsers(metavar="ACT", required=True)
    audited.add_parser("verify", help="check its hash chain", parents=[common]).set_defaults(run=_audit_verify)
    add("migrate", _migrate, "bring the database to the newest schema")
    add("config", _config, "every setting, its value and where that came from")
    add("version", _version, "the version")
    return top


def _add_accounts(commands: Any, common: argparse.ArgumentParser) -> None:
    users = commands.add_parser("user", help="people").add_subparsers(metavar="ACT", required=True)
    user = users.add_parser("add", help="add a person", parents=[common])
    user.add_argument("--name", required=True)
    user.add_argument("--role", required=True)
    user.add_argument("--password-stdin", action="store_true", required=True)
    user.set_defaults(run=_user_add)
    tokens = commands.add_parser("token", help="API tokens").add_subparsers(metavar="ACT", required=True)
    token = tokens.add_parser("add", help="make a token; prints it once", parents=[common])
    token.add_argument("--name", required=True)
    token.add_argument("--scopes", required=True, help="such as 'read content', or '*'")
    token.add_argument("--expires", type=int, metavar="DAYS")
    token.set_defaults(run=_token_add)


def _add_screens(commands: Any, common: argparse.ArgumentParser) -> None:
    screens = commands.add_parser("screen", help="screens").add_subparsers(metavar="ACT", required=True)
    screen = screens.add_parser("add", help="add a screen; prints its id and key", parents=[common])
    screen.add_argument("--name", required=True)
    screen.add_argument("--size", required=True, metavar="WxH")
    screen.add_argument("--colour", required=True, choices=("single", "dual", "seven", "full"))
    screen.add_argument("--pitch", type=float, metavar="MM")
    screen.add_argument("--group")
    screen.set_defaults(run=_screen_add)
    screens.add_parser("list", help="every screen", parents=[common]).set_defaults(run=_screen_list)


# commands; each imports what it needs, so that `version` does not load an imaging library ---------------------------


def _open(config: Config) -> Any:
    from server.console import set_up_log
    from server.start import open_parts, prepare

    set_up_log(config)
    parts = open_parts(config)
    return parts, prepare(parts)


def _beside(config: Config) -> Any:
    """The collaborators of a command, whose changes reach a server that runs beside it."""
    from server.programmes.handover import listen

    parts, _ = _open(config)
    listen(parts)
    return parts


def _system(parts: Any) -> Any:
    from server.accounts.model import system
    from server.identify import site

    return system(site(parts).id)


def _serve(options: argparse.Namespace, config: Config) -> int:
    from server.serve import serve

    parts, first = _open(config)
    serve(parts, first=first)
    return 0


def _user_add(options: argparse.Namespace, config: Config) -> int:
    from server.accounts.model import Role
    from server.accounts.service import add_person_with_password

    if options.role not in set(Role):
        raise BadSetting(f"--role {options.role}: wanted one of {', '.join(Role)}")
    parts = _beside(config)
    password = sys.stdin.readline().rstrip("\r\n")
    person = add_person_with_password(parts, _system(parts), options.name, Role(options.role), password)
    print(person.id)
    return 0


def _token_add(options: argparse.Namespace, config: Config) -> int:
    from server.accounts.service import add_token

    parts = _beside(config)
    scopes = tuple(options.scopes.replace(",", " ").split())
    print(add_token(parts, _system(parts), options.name, scopes, options.expires)[1])
    return 0


def _screen_add(options: argparse.Namespace, config: Config) -> int:
    from playlists.model import Colour
    from server.screens import service
    from server.screens.model import NewScreenOrder

    width, height = _size(options.size)
    parts = _beside(config)
    who = _system(parts)
    chosen = _group(parts, who, options.group) if options.group else ()
    pitch_um = round(options.pitch * 1000) if options.pitch else 10_000
    order = NewScreenOrder(options.name, width, height, Colour(options.colour), pitch_um=pitch_um, groups=chosen)
    made = service.add(parts, who, order)
    print(made.screen.id, made.key)
    return 0


def _group(parts: Any, who: Any, named: str) -> tuple[str, ...]:
    """The group of that id or name; made when there is none, as a script would want."""
    from server.screens import groups

    held = [group.id for group, _ in groups.list_groups(parts, who) if named in (group.id, group.name)]
    return tuple(held[:1]) or (groups.add_group(parts, who, named).id,)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise BadSetting(f"--size {text}: wanted WxH in pixels, such as 192x16")
    return int(width), int(height)


def _screen_list(options: argparse.Namespace, config: Config) -> int:
    from server.screens import service

    parts = _beside(config)
    for screen in service.list_screens(parts, _system(parts), limit=1_000_000):
        online = "online" if screen.presence.online else "offline"
        print(f"{screen.id}\t{screen.width}x{screen.height}\t{screen.colour}\t{online}\t{screen.name}")
    return 0


def _import(options: argparse.Namespace, config: Config) -> int:
    from server.folders import import_path

    parts = _beside(config)
    print(import_path(parts, _system(parts), options.path).told(config.locale))
    return 0


def _export(options: argparse.Namespace, config: Config) -> int:
    from server.folders import export_path

    parts = _beside(config)
    print(export_path(parts, _system(parts), options.path))
    return 0


def _backup(options: argparse.Namespace, config: Config) -> int:
    from server.backup import write
    from server.start import open_parts

    print(write(open_parts(config), options.file))
    return 0


def _restore(options: argparse.Namespace, config: Config) -> int:
    from server.backup import restore

    print(restore(config, options.file))
    return 0


def _doctor(options: argparse.Namespace, config: Config) -> int:
    from server.doctor import examine

    findings = examine(config)
    for finding in findings:
        print(finding.told(config.locale))
    return 0 if all(finding.well for finding in findings) else 1


def _audit_verify(options: argparse.Namespace, config: Config) -> int:
    from server.audit import verify

    parts = _beside(config)
    with parts.db.read() as tx:
        breaks = list(verify(tx))
    for found in breaks:
        print(f"{found.seq}: {found.what}", file=sys.stderr)
    if not breaks:
        print(say("console.audit_whole", config.locale))
    return 1 if breaks else 0


def _migrate(options: argparse.Namespace, config: Config) -> int:
    from server.start import migrate, newest_schema, open_parts

    migrate(open_parts(config))
    print(newest_schema())
    return 0


def _config(options: argparse.Namespace, config: Config) -> int:
    _, sources = read_config(os.environ, data=options.data)
    for setting in fields(Config):
        value = getattr(config, setting.name)
        told = "(set)" if setting.metadata["secret"] and value else value
        print(f"PAOMADENG_{setting.name.upper()}={told}  # {setting.metadata['help']}; from {sources[setting.name]}")
    return 0


def _version(options: argparse.Namespace, config: Config) -> int:
    from server.version import VERSION

    print(VERSION)
    return 0


if __name__ == "__main__":
    sys.exit(main())
