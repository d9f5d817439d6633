"""Every unit is one systemd understands, closed as far as it says, and every command in it is really run."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.deploy.installed import install, moved
from tests.gate import outside
from tests.site import ROOT, free_port

UNITS = ROOT / "deploy/systemd"
SERVICES = ("paomadeng.service", "paomadeng-backup.service")
REFUSE_EXEC_GAIN = 65, 1  # prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN): what MemoryDenyWriteExecute= asks for
EXPOSED_AT_MOST = 15  # tenths, as systemd-analyze counts

posix = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


def values(unit: str, key: str) -> list[str]:
    """Every value of a key, in order."""
    return re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class System:
    """A folder that stands for the system's root, with the program installed in it."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "var/lib/paomadeng"

    @property
    def backups(self) -> Path:
        return self.folder / "var/backups/paomadeng"

    def start(self, unit: str) -> subprocess.Popen[str]:
        """Run a unit's command, with its environment, its umask and its rule on memory."""
        (command,) = values(unit, "ExecStart")
        told = [moved(one, self.folder) for one in values(unit, "Environment")]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
        environment |= dict(one.split("=", 1) for one in told) | {"PAOMADENG_PORT": str(self.port)}
        libc = ctypes.CDLL(None)

        def confine() -> None:
            os.umask(int(values(unit, "UMask")[0], 8))
            libc.prctl(*REFUSE_EXEC_GAIN, 0, 0, 0)

        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(
            shlex.split(moved(command, self.folder)), cwd=self.folder, env=environment, preexec_fn=confine, **pipes
        )

    def run(self, unit: str) -> tuple[int, str]:
        """Run a unit's command to its end."""
        with self.start(unit) as process:
            said, _ = process.communicate(timeout=100)
        return process.returncode, said


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[System, list[int]]:
    """A system on which the unit's node ran once; what it answered, and how it ended when told to."""
    made = laid(tmp_path_factory.mktemp("root"))
    process = made.start("paomadeng.service")
    assert process.stdout is not None
    said = [next(process.stdout)]
    while "/welcome/" not in said[-1]:
        said.append(next(process.stdout))
    url = f"http://127.0.0.1:{made.port}"
    answers = [requests.get(url + path, timeout=10).status_code for path in ("/healthz", "/readyz")]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=int(values("paomadeng.service", "TimeoutStopSec")[0]))
    return made, [*answers, process.returncode]


def laid(folder: Path) -> System:
    """The program and the folders that an administrator makes."""
    made = System(folder, free_port())
    install(folder / "srv/paomadeng")
    made.backups.mkdir(parents=True)
    made.data.parent.mkdir(parents=True)
    made.data.mkdir()
    return made


@pytest.mark.skipif(
    not outside.program("systemd-analyze"), reason="systemd-analyze is missing: apt-get install systemd"
)
@posix
@pytest.mark.parametrize("unit", [*SERVICES, "paomadeng-backup.timer"])
def test_systemd_finds_nothing_to_say_about_a_unit(unit: str, tmp_path: Path) -> None:
    for file in UNITS.iterdir():  # the program's folder is there and the Python is the system's
        text = file.read_text(encoding="utf-8").replace("/srv/paomadeng", str(tmp_path))
        (tmp_path / file.name).write_text(text.replace("/usr/bin/python3", shutil.which("true") or ""))
    done = subprocess.run(
        [outside.program("systemd-analyze"), "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.skipif(
    not outside.program("systemd-analyze"), reason="systemd-analyze is missing: apt-get install systemd"
)
@posix
@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_exposed_as_little_as_is_said(unit: str) -> None:
    command = [outside.program("systemd-analyze"), "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}"]
    done = subprocess.run([*command, str(UNITS / unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@posix
def test_the_node_starts_by_its_unit_serves_and_ends_in_time(served: tuple[System, list[int]]) -> None:
    assert served[1] == [200, 200, 0]


@posix
def test_only_media_can_be_read_by_others(served: tuple[System, list[int]]) -> None:
    data = served[0].data
    modes = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir()}
    assert (modes["paomadeng.db"], modes["secret.key"], modes["media"]) == (0o600, 0o600, 0o755)
    assert {path.stat().st_mode & 0o777 for path in (data / "media").iterdir()} == {0o755}


@posix
def test_the_backup_is_proved_and_older_ones_are_cleared_away(served: tuple[System, list[int]]) -> None:
    folder = served[0].backups
    old = [f"paomadeng-202501{day:02}-032000.tar" for day in range(1, 17)]
    for name in [*old, "paomadeng-20250101-000000.tar.partial", "notes.txt"]:
        (folder / name).write_bytes(b"old")
    code, said = served[0].run("paomadeng-backup.service")
    assert (code, "proved: " in said) == (0, True), said
    held = {path.name for path in folder.iterdir()}
    (made,) = held - {*old, "notes.txt"}
    assert held == {"notes.txt", *old[3:], made}
    assert (folder / made).stat().st_mode & 0o777 == 0o600


@posix
def test_a_backup_that_cannot_be_proved_is_marked_and_clears_nothing_away(
    served: tuple[System, list[int]], tmp_path: Path
) -> None:
    damaged = laid(tmp_path)
    shutil.copytree(served[0].data, damaged.data, dirs_exist_ok=True)
    with closing(sqlite3.connect(damaged.data / "paomadeng.db")) as database, database:
        assert database.execute("UPDATE audit SET act = 'nothing' WHERE seq = 1").rowcount == 1
    kept = damaged.backups / "paomadeng-20240101-000000.tar"
    kept.write_bytes(b"old")
    code, said = damaged.run("paomadeng-backup.service")
    assert code == 1, said
    names = [path.name for path in damaged.backups.iterdir() if path != kept]
    assert (kept.exists(), [name.endswith(".unproved") for name in names]) == (True, [True])
