"""What each command does: the same services as the desk, called once, and a line printed.

Each imports what it needs, so that ``version`` does not load an imaging library.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields, replace
from typing import Any

from server.config import Config, read_config
from server.words import say


def _beside(config: Config) -> Any:
    """The collaborators of a command, whose changes reach a server that runs beside it."""
    from server.console import set_up_log
    from server.programmes.handover import listen
    from server.start import open_parts, prepare

    set_up_log(config)
    parts = open_parts(config)
    prepare(parts)
    listen(parts)
    return parts


def _system(parts: Any) -> Any:
    from server.accounts.model import system
    from server.accounts.site import first

    return system(first(parts).id)


def serve(options: argparse.Namespace, config: Config) -> int:
    from server import lean
    from server.claim import claim

    worker: int | None = getattr(options, "worker", None)
    if worker is None and getattr(options, "workers", 1) > 1:
        from server.workers import supervise

        return supervise(config, options.workers)
    taken = claim(config, shared=worker is not None)  # players that come back while the rest is loaded wait in line
    with lean.imports():
        from server.console import set_up_log
        from server.serve import serve
        from server.start import open_parts

    set_up_log(config)
    serve(open_parts(config), taken, tells=not worker)
    return 0


def user_add(options: argparse.Namespace, config: Config) -> int:
    from server.accounts.model import Role
    from server.accounts.service import add_person_with_password

    parts = _beside(config)
    password = sys.stdin.readline().rstrip("\r\n")
    person = add_person_with_password(parts, _system(parts), options.name, Role(options.role), password)
    print(person.id)
    return 0


def token_add(options: argparse.Namespace, config: Config) -> int:
    from server.accounts.service import add_token

    parts = _beside(config)
    scopes = tuple(options.scopes.replace(",", " ").split())
    print(add_token(parts, _system(parts), options.name, scopes, options.expires)[1])
    return 0


def screen_add(options: argparse.Namespace, config: Config) -> int:
    from playlists.model import Colour
    from server.screens import service
    from server.screens.model import NewScreenOrder

    parts = _beside(config)
    who, (width, height) = _system(parts), options.size
    colour, pitch_um = Colour(options.colour), round(options.pitch * 1000)
    with parts.db.transaction():  # a screen that is refused leaves no new group behind
        chosen = _group(parts, who, options.group) if options.group else ()
        made = service.add(parts, who, NewScreenOrder(options.name, width, height, colour, pitch_um, groups=chosen))
    print(made.screen.id, made.key)
    return 0


def _group(parts: Any, who: Any, named: str) -> tuple[str, ...]:
    """The group of that id or name; made when there is none, as a script would want."""
    from server.screens import groups

    held = [group.id for group, _ in groups.list_groups(parts, who) if named in (group.id, group.name)]
    return tuple(held[:1]) or (groups.add_group(parts, who, named).id,)


def screen_list(options: argparse.Namespace, config: Config) -> int:
    from server.screens import service

    parts = _beside(config)
    for screen in service.list_screens(parts, _system(parts), limit=1_000_000):
        online = "online" if screen.presence.online else "offline"
        print(f"{screen.id}\t{screen.width}x{screen.height}\t{screen.colour}\t{online}\t{screen.name}")
    return 0


def alert_issue(options: argparse.Namespace, config: Config) -> int:
    """Print the alert's id alone on stdout, whom it reaches and what is hard to read on stderr."""
    from playlists.alert import Status
    from server.alerts import service

    parts = _beside(config)
    who, status = _system(parts), Status(options.status)
    targets = _targets(parts, who, options.targets)
    order = _order(parts, who, options, status, targets)
    issued = service.issue(parts, who, order)
    print(issued.alert_id)
    print(_told("console.alert_out", issued, config.locale), file=sys.stderr)
    for hint in issued.warnings:
        print(say(hint.rule, config.locale, **dict(hint.params)), file=sys.stderr)
    return 0


def _told(key: str, issued: Any, locale: str) -> str:
    """How many screens are to prove it."""
    only = "_samples" if issued.samples and not issued.targets else ""
    return say(key + only, locale, targets=issued.targets)


def _order(parts: Any, who: Any, options: argparse.Namespace, status: Any, targets: Any) -> Any:
    from server.alerts import service
    from server.alerts.bodies import NewAlert

    names = ("severity", "headline", "instruction", "presentation", "urgency", "place")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    body = NewAlert.model_validate(
        {"status": status, "targets": {"all": True}, "expires_in_s": options.expires, "code": options.code, **given}
    )
    if not options.template:
        return replace(body.order("cli"), targets=targets)
    return service.order_from(
        parts, who.org, options.template, status=status, targets=targets, source="cli", **body.given()
    )


def _targets(parts: Any, who: Any, named: list[str]) -> Any:
    """``all``, or screens, groups and organisations by id or name; the service refuses by name what is none of them."""
    from server.alerts.model import Targets
    from server.organisations.service import listed as organisations
    from server.screens import groups, service

    wanted = [one.strip() for text in named for one in text.split(",") if one.strip()]
    if wanted == ["all"]:
        return Targets(everywhere=True)
    found: dict[str, dict[str, None]] = {"groups": {}, "screens": {}, "organisations": {}}
    by_name: dict[str, tuple[str, str]] = {}
    for kind, some in (
        ("organisations", organisations(parts, who)),
        ("screens", service.list_screens(parts, who, limit=1_000_000)),
        ("groups", tuple(group for group, _ in groups.list_groups(parts, who))),
    ):
        by_name |= {name: (kind, one.id) for one in some for name in (one.name, one.id)}
    for name in wanted:
        kind, one = by_name.get(name, ("screens", name))
        found[kind][one] = None
    return Targets(tuple(found["screens"]), tuple(found["groups"]), organisations=tuple(found["organisations"]))


def alert_clear(options: argparse.Namespace, config: Config) -> int:
    from server.alerts import service

    parts = _beside(config)
    issued = service.clear(parts, _system(parts), options.alert, options.note)
    print(_told("console.alert_cleared", issued, config.locale))
    return 0


def alert_list(options: argparse.Namespace, config: Config) -> int:
    from server.alerts import service
    from server.paging import PageQuery

    parts = _beside(config)
    who, at = _system(parts), parts.clock.now()
    found = service.list_alerts(parts, who, PageQuery(limit=options.limit)).items
    tallies = service.tallies(parts, who, found)
    for one in found:
        shown = f"{tallies[one.id]['shown']}/{tallies[one.id]['targets']}"
        print(f"{one.id}\t{one.state(at)}\t{one.status}\t{one.severity}\t{shown}\t{one.headline}")
    return 0


def swarm(options: argparse.Namespace, config: Config) -> int:
    from server.swarming import command

    return command(options, config, None if options.server else _beside(config))


def import_(options: argparse.Namespace, config: Config) -> int:
    from server.folders import import_path

    parts = _beside(config)
    print(import_path(parts, _system(parts), options.path).told(config.locale))
    return 0


def export(options: argparse.Namespace, config: Config) -> int:
    from server.folders import export_path

    parts = _beside(config)
    print(export_path(parts, _system(parts), options.path))
    return 0


def backup(options: argparse.Namespace, config: Config) -> int:
    from server.backup import write
    from server.start import open_parts

    print(write(open_parts(config), options.file))
    return 0


def restore(options: argparse.Namespace, config: Config) -> int:
    from server.backup import restore

    print(restore(config, options.file))
    return 0


def move(options: argparse.Namespace, config: Config) -> int:
    from server.moving import move

    print(move(config, options.to, lambda line: print(line, file=sys.stderr, flush=True)))
    return 0


def doctor(options: argparse.Namespace, config: Config) -> int:
    from server.doctor import examine

    findings = examine(config)
    for finding in findings:
        print(finding.told(config.locale))
    return 0 if all(finding.well for finding in findings) else 1


def audit_verify(options: argparse.Namespace, config: Config) -> int:
    from server.audit import verify

    parts = _beside(config)
    with parts.db.read() as tx:
        breaks = list(verify(tx))
    for found in breaks:
        print(f"{found.seq}: {found.what}", file=sys.stderr)
    if not breaks:
        print(say("console.audit_whole", config.locale))
    return 1 if breaks else 0


def migrate(options: argparse.Namespace, config: Config) -> int:
    from server import schema
    from server.start import migrate, open_parts

    parts = open_parts(config)
    migrate(parts)
    print(schema.held(parts.db).number)
    return 0


def settings(options: argparse.Namespace, config: Config) -> int:
    _, sources = read_config(os.environ, data=getattr(options, "data", None))
    for setting in fields(Config):
        value = getattr(config, setting.name)
        told = "(set)" if setting.metadata["secret"] and value else value
        print(f"PAOMADENG_{setting.name.upper()}={told}  # {setting.metadata['help']}; from {sources[setting.name]}")
    return 0


def version(options: argparse.Namespace, config: Config) -> int:
    from server.version import VERSION

    print(VERSION)
    return 0
