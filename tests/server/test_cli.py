"""The command line as a person or a script uses it: what is printed where, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from playlists.model import Colour
from server.accounts.model import system
from server.cli import main, parser
from server.config import BadSetting, read_config
from server.db import Transaction
from server.parts import Parts
from server.screens import service
from server.screens.model import NewScreenOrder, Report
from server.screens.players import admit, report
from server.start import _site, migrate, open_parts
from server.tables import screen_groups
from tests import postgres
from tests.server.conftest import NOON

ROOT = Path(__file__).parents[2]


@dataclass
class Site:
    """A data folder, the settings that name its database, and the commands run on it."""

    data: Path
    settings: dict[str, str] = field(default_factory=postgres.clean)

    def run(self, *arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "server.cli", "--data", str(self.data), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env={**self.settings, **env}, input=stdin, capture_output=True, text=True, check=False
        )


@contextmanager
def _read(site: Site) -> Iterator[Transaction]:
    parts = open_parts(read_config(site.settings, data=site.data)[0])
    with parts.db.read() as tx:
        yield tx
    parts.db.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site set up by the first command that needs one."""
    made = Site(tmp_path_factory.mktemp("cli") / "var")
    assert made.run("screen", "list").stdout.count("offline") == 4
    return made


def test_a_screen_is_added_and_told_with_its_key(site: Site) -> None:
    added = site.run("screen", "add", "--name", "东门", "--size", "192x16", "--colour", "single", "--group", "大门")
    screen, key = added.stdout.split()
    assert (added.returncode, key[:4]) == (0, "pmk_")
    assert f"{screen}\t192x16\tsingle\toffline\t东门" in site.run("screen", "list").stdout


def test_a_token_stands_alone_on_stdout(site: Site) -> None:
    added = site.run("token", "add", "--name", "看板", "--scopes", "read,content", "--expires", "30")
    assert (added.returncode, added.stdout.count("\n"), added.stdout[:4]) == (0, 1, "pmd_")


def test_a_person_is_added_with_the_password_from_stdin(site: Site) -> None:
    command = ("user", "add", "--name", "李工", "--role", "author", "--password-stdin")
    assert site.run(*command, stdin="一句自己记得住的话啊\n").stdout.startswith("u")
    again = site.run(*command, stdin="一句自己记得住的话啊\n")
    assert (again.returncode, again.stdout) == (1, "")
    assert "已经有人用了" in again.stderr


@pytest.mark.parametrize(("locale", "said"), [("zh", "width: 不能小于 64"), ("en", "width: Not below 64")])
def test_a_refusal_is_one_sentence_in_the_reader_s_language_and_leaves_nothing(
    site: Site, locale: str, said: str
) -> None:
    command = ("screen", "add", "--name", "x", "--size", "8x16", "--colour", "full", "--group", "新组")
    added = site.run(*command, PAOMADENG_LOCALE=locale)
    assert (added.returncode, added.stdout, added.stderr) == (1, "", said + "\n")
    with _read(site) as tx:
        assert tx.execute(sa.select(screen_groups.c.id).where(screen_groups.c.name == "新组")).first() is None


def test_an_alert_is_issued_listed_and_cleared(site: Site) -> None:
    target = ("--targets", "样板·大门条屏,样板·大厅")
    issued = site.run("alert", "issue", "--severity", "extreme", "--headline", "煤气泄漏", *target)
    name = issued.stdout.strip()
    assert (issued.returncode, issued.stderr.strip()) == (0, "已发布，只在样板屏上")  # samples owe no proof
    listed = site.run("alert", "list").stdout
    assert f"{name}\tlive\tactual\textreme\t0/0\t煤气泄漏" in listed
    assert site.run("alert", "clear", name).returncode == 0
    assert f"{name}\tcleared\t" in site.run("alert", "list").stdout
    again = site.run("alert", "clear", name)
    assert (again.returncode, "Traceback" in again.stderr) == (1, False)


def test_a_drill_speaks_the_words_of_a_template(site: Site) -> None:
    more = ("--status", "exercise", "--place", "三号窑", "--targets", "all")
    issued = site.run("alert", "issue", "--template", "fire", *more)
    assert f"{issued.stdout.strip()}\tlive\texercise\textreme\t0/" in site.run("alert", "list").stdout
    assert "三号窑着火" in site.run("alert", "list").stdout


@pytest.mark.parametrize(
    "arguments", [("--headline", "x"), ("--template", "none"), ("--severity", "minor", "--headline", "{谁}")]
)
def test_an_alert_that_lacks_something_is_refused_with_one_line(site: Site, arguments: tuple[str, ...]) -> None:
    refused = site.run("alert", "issue", *arguments, "--targets", "all")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)


def test_the_doctor_says_when_nobody_may_issue_alerts(tmp_path: Path) -> None:
    site, told = Site(tmp_path / "var"), []
    for role in ("owner", "safety_officer"):
        site.run("user", "add", "--name", role, "--role", role, "--password-stdin", stdin="下班先断电再锁门喽好\n")
        told.append(site.run("doctor").stdout)
    assert "✗ 紧急通知: 没有安全员" in told[0]
    assert "✓ 紧急通知: 1 人可以发布，12 个模板" in told[1]


@pytest.mark.sqlite  # which is one file
def test_a_file_that_is_no_database_is_said_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "paomadeng.db").write_bytes(b"no database at all " * 100)
    told = Site(tmp_path).run("screen", "list", PAOMADENG_LOCALE="en")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("The database file is damaged")


def test_data_of_a_newer_program_is_left_alone(parts: Parts) -> None:
    with parts.db.transaction() as tx:
        tx.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        tx.execute(sa.text("INSERT INTO alembic_version VALUES ('9999')"))
    with pytest.raises(BadSetting, match="9999"):
        migrate(parts)


def test_a_command_beside_a_server_takes_nobody_offline(parts: Parts) -> None:
    screen = service.add(parts, system("o1"), NewScreenOrder("东门", 192, 16, Colour.SINGLE)).screen
    with parts.db.transaction() as tx:
        player = admit(tx, system("o1"), NOON, screen).player
    report(parts, [Report(player, NOON, online=True)])
    _site(parts)
    assert service.get(parts, system("o1"), screen.id).presence.online


@pytest.mark.parametrize(
    "arguments",
    [
        ("screen", "add", "--name", "x", "--size", "192", "--colour", "full"),
        ("screen", "add", "--name", "x", "--size", "192x16", "--colour", "green"),
        ("screen", "add", "--name", "x", "--size", "192x16", "--colour", "full", "--pitch", "nan"),
        ("token", "add", "--name", "x", "--scopes", "read", "--expires", "0"),
        ("user", "add", "--name", "x", "--role", "king", "--password-stdin"),
        ("user", "add", "--name", "x", "--role", "owner"),
        ("nothing",),
    ],
)
def test_a_wrong_use_ends_with_2_and_the_usage(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err[:13]) == (2, "", "usage: run.py")


def test_the_data_folder_may_stand_before_the_command_after_it_or_alone() -> None:
    for arguments in (["--data", "x", "screen", "list"], ["screen", "list", "--data", "x"], ["--data", "x"]):
        assert parser().parse_args(arguments).data == "x"


def test_a_setting_without_sense_is_refused_by_name(tmp_path: Path) -> None:
    told = Site(tmp_path).run("config", PAOMADENG_PROXIES="many", PAOMADENG_HTTPS="1")
    assert told.returncode == 1
    assert "proxies = 'many' (from PAOMADENG_PROXIES)" in told.stderr
