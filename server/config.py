"""Settings: typed, from ``PAOMADENG_*`` variables or the command line, refused loudly when they make no sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from dataclasses import field as _field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

PREFIX = "PAOMADENG_"
DEFAULT_DATA = Path("var")
LOOPBACK = "127.0.0.0/8, ::1"
BUCKET = re.compile(r"/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/?")
DATABASES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg")


class BadSetting(Exception):
    """A setting that makes no sense; the text names it, its value and what is wanted."""


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError("one of " + ", ".join(words))
        return text

    return read


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("an IANA time zone such as Asia/Shanghai") from error
    return text


def _networks(text: str) -> str:
    try:
        for part in filter(None, text.split(",")):
            ip_network(part.strip())
    except ValueError as error:
        raise ValueError("networks such as 10.0.0.0/8, 127.0.0.1") from error
    return text


def _prefix(text: str) -> str:
    if text and not re.fullmatch(r"/[a-z0-9_/-]*/|/", text):
        raise ValueError("a path with a slash at both ends, such as /accel/")
    return text


def _database(text: str) -> str:
    if text and text.partition("://")[0] not in DATABASES:
        raise ValueError("postgresql://USER:PASSWORD@HOST/NAME, or sqlite:///PATH, or nothing")
    return text


def _bucket(text: str) -> str:
    if text and not _is_bucket(text):
        raise ValueError(
            "https://KEY:SECRET@HOST/BUCKET, with ?region=NAME behind it if the store has regions, or nothing"
        )
    return text


def _is_bucket(text: str) -> bool:
    try:
        at = urlsplit(text)
        named = at.scheme in ("http", "https") and at.hostname and at.username and at.password and (at.port or 1)
    except ValueError:  # its words would tell a part of the secret
        return False
    told = parse_qs(at.query, keep_blank_values=True)
    return bool(named and BUCKET.fullmatch(at.path) and (not at.query or list(told) == ["region"]) and not at.fragment)


def _setting(default: Any, read: Callable[[str], Any], told: str, *, secret: bool = False) -> Any:
    return _field(default=default, metadata={"read": read, "help": told, "secret": secret})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting; ``PAOMADENG_`` + the upper-case name sets one, ``…_FILE`` reads it from a file."""

    data: Path = _setting(DEFAULT_DATA, Path, "folder for database, media and backups")  # noqa: RUF009 - a dataclass field, made by a function
    host: str = _setting("0.0.0.0", str, "address to listen on")  # noqa: S104 - players are other machines  # nosec B104
    port: int = _setting(8080, _whole(1, 65535), "port to listen on")
    database_url: str = _setting(
        "", _database, "postgresql://USER:PASSWORD@HOST/NAME; empty: SQLite in the data folder", secret=True
    )
    redis_url: str = _setting("", str, "Redis for fan-out between nodes; empty: one node", secret=True)
    s3_url: str = _setting(
        "", _bucket, "https://KEY:SECRET@HOST/BUCKET where nodes share media; empty: the data folder", secret=True
    )
    zone: str = _setting("Asia/Shanghai", _zone, "time zone of the site at its first start")
    locale: str = _setting("zh", _one_of("zh", "en"), "language of the site at its first start")
    public_url: str = _setting("", str, "address people and players use, when it differs from host and port")
    proxies: int = _setting(0, _whole(0, 5), "number of trusted proxies in front (X-Forwarded-* is believed)")
    proxy_from: str = _setting(LOOPBACK, _networks, "networks the last of them speaks from, with commas between")
    x_accel: str = _setting(
        "", _prefix, "nginx's internal address of the media folder, such as /accel/; empty: the node sends media itself"
    )
    session_idle_min: int = _setting(30, _whole(1, 1440), "minutes without use after which a session ends")
    session_hours: int = _setting(12, _whole(1, 168), "hours after which a session ends in any case")
    upload_mb: int = _setting(200, _whole(1, 2048), "largest upload in MiB")
    password_mb: int = _setting(
        64, _whole(8, 1024), "MiB that a password's hash takes; less is weaker, for small boards"
    )
    audit_days: int = _setting(400, _whole(180, 36500), "days the audit log is kept (the law asks for 180)")
    plays_days: int = _setting(
        400, _whole(7, 36500), "days single plays are kept, fewer once SQLite's disk is four fifths full; sums stay 400"
    )
    feed_hosts: str = _setting("", str, "hosts that polled alert feeds may come from, with commas between; empty: none")
    feed_private_hosts: str = _setting("", str, "such hosts that may lie in the plant's own network")
    log: str = _setting("info", _one_of("debug", "info", "warning", "error"), "how much is logged")

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data / 'paomadeng.db'}"


def read_config(env: Mapping[str, str], **given: Any) -> tuple[Config, dict[str, str]]:
    """Return the settings and, by name, where each value came from; raise BadSetting.

    ``given`` are values from the command line (None means: not given).
    """
    config, sources = Config(), {}
    for setting in fields(Config):
        value, source = _look_up(setting.name, env, given)
        sources[setting.name] = source
        if value is not None:
            config = replace(config, **{setting.name: _parse(setting, value, source)})
    _refuse_unknown(env)
    return config, sources


def _look_up(name: str, env: Mapping[str, str], given: Mapping[str, Any]) -> tuple[Any, str]:
    if given.get(name) is not None:
        return str(given[name]), "command line"
    variable = PREFIX + name.upper()
    if variable + "_FILE" in env:
        path = Path(env[variable + "_FILE"])
        try:
            return path.read_text(encoding="utf-8").strip(), str(path)
        except OSError as error:
            raise BadSetting(f"{variable}_FILE={path}: {error.strerror}") from error
    if variable in env:
        return env[variable], variable
    return None, "default"


def _parse(setting: Any, text: str, source: str) -> Any:
    try:
        return setting.metadata["read"](text)
    except ValueError as error:
        told = "…" if setting.metadata["secret"] else repr(text)
        raise BadSetting(f"{setting.name} = {told} (from {source}): wanted {error}") from error


def _refuse_unknown(env: Mapping[str, str]) -> None:
    known = {PREFIX + setting.name.upper() + end for setting in fields(Config) for end in ("", "_FILE")}
    strange = sorted(name for name in env if name.startswith(PREFIX) and name not in known)
    if strange:
        raise BadSetting(f"unknown setting {', '.join(strange)}; `run.py config` lists all")
