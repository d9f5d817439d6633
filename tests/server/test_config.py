"""Settings are typed, say where they come from and refuse nonsense loudly."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from server.config import PREFIX, BadSetting, Config, read_config


def test_nothing_set_gives_the_defaults() -> None:
    config, sources = read_config({})
    assert (config.port, config.zone, set(sources.values())) == (8080, "Asia/Shanghai", {"default"})


def test_the_command_line_wins_over_the_environment() -> None:
    config, sources = read_config({"PAOMADENG_PORT": "9000"}, port=9001)
    assert (config.port, sources["port"]) == (9001, "command line")


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql://x\n")
    config, sources = read_config({"PAOMADENG_DATABASE_URL_FILE": str(path)})
    assert (config.database_url, sources["database_url"]) == ("postgresql://x", str(path))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "many", "port = 'many'"),
        ("ZONE", "Shanghai", "IANA time zone"),
        ("LOCALE", "fr", "one of zh, en"),
        ("AUDIT_DAYS", "30", "from 180"),
        ("PLAYS_DAYS", "6", "from 7"),
        ("PROXY_FROM", "10.0.0.1/8", "networks such as 10.0.0.0/8"),
        ("X_ACCEL", "accel", "a path with a slash at both ends"),
        ("PROT", "1", "unknown setting PAOMADENG_PROT"),
        ("DATABASE_URL_FILE", "/nowhere/at/all", "No such file"),
        ("S3_URL", "s3://k:geheim@h/media", "wanted https://KEY:SECRET@HOST/BUCKET"),
        ("S3_URL", "https://h/media", "wanted https://"),
        ("S3_URL", "https://k:geheim@h/", "wanted https://"),
        ("S3_URL", "https://k:geheim@h/Media", "wanted https://"),
        ("S3_URL", "https://k:geheim@h/media/deep", "wanted https://"),
        ("S3_URL", "https://k:geheim@h:port/media", "wanted https://"),
        ("S3_URL", "https://k:geheim@h/media?acl=public", "wanted https://"),
        ("DATABASE_URL", "mysql://u:geheim@h/n", "wanted postgresql://"),
    ],
)
def test_nonsense_is_refused_with_its_name(name: str, value: str, told: str) -> None:
    with pytest.raises(BadSetting, match=told.replace("(", r"\(")) as refused:
        read_config({"PAOMADENG_" + name: value})
    assert "geheim" not in str(refused.value)


def test_the_page_of_settings_lists_every_one_with_its_default_and_its_help() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(f"| `{PREFIX}")]
    assert rows == [
        f"| `{PREFIX}{one.name.upper()}` | {f'`{one.default}`' if str(one.default) else ''} | {one.metadata['help']} |"
        for one in fields(Config)
    ]
