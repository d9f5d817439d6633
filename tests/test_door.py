"""The door, opened for real: a tree of its own, wheels of its own, no network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "http://127.0.0.1:9/simple"
BARE = "import runpy, sys; sys.modules['ensurepip'] = sys.modules['pip'] = None; sys.argv = sys.argv[1:]; "
BARE += "runpy.run_path(sys.argv[0], run_name='__main__')"
CLI = 'import greeting, os, sys; print(greeting.WORD, *sys.argv[1:], os.getcwd(), sep="|")'


@dataclass(frozen=True, slots=True)
class Door:
    """A small copy of the tree whose server only greets, and the wheels it needs."""

    tree: Path
    wheels: Path

    def start(self, *arguments: str, bare: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run run.py; ``bare`` hides pip and ensurepip, as Debian does."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
        kept |= {"PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, **environment}
        way = ["-c", BARE, str(self.tree / "run.py")] if bare else [str(self.tree / "run.py")]
        return subprocess.run(
            [sys.executable, *way, *arguments],
            cwd=self.tree.parent,
            env=kept,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    def lock(self, word: str) -> None:
        """Pin a greeting package that says ``word``."""
        wheel = self.wheels / "greeting-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("greeting.py", f"WORD = {word!r}\n")
            archive.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
            archive.writestr(
                "greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr("greeting-1.0.dist-info/RECORD", "")
        self.write_lock("runtime", "greeting==1.0", wheel)

    def write_lock(self, name: str, pin: str, wheel: Path) -> None:
        """Write a lock file of one pin with its wheel's hash."""
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.tree / "requirements" / f"{name}.txt").write_text(f"{pin} --hash=sha256:{digest}\n")


def pack_pip(folder: Path) -> Path:
    """Zip the pip of this .venv into a wheel that no index in the world has."""
    wheel = folder / f"pip-{metadata.version('pip')}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in metadata.files("pip") or []:
            if file.parts[0].startswith("pip") and file.suffix != ".pyc" and file.name != "RECORD":
                archive.write(str(file.locate()), file.as_posix())
        record = f"pip-{metadata.version('pip')}.dist-info/RECORD"
        archive.writestr(record, "")
    return wheel


def build(folder: Path) -> Door:
    """Lay a door in ``folder``: one greeting to install, and the pip of this .venv as the pinned one."""
    tree, wheels = folder / "车间 tree", folder / "wheels"
    for place in (tree / "requirements", tree / "server", wheels):
        place.mkdir(parents=True)
    shutil.copy(ROOT / "run.py", tree)
    (tree / "server" / "__init__.py").touch()
    (tree / "server" / "cli.py").write_text(CLI)
    made = Door(tree, wheels)
    made.lock("hello")
    own = pack_pip(wheels)
    made.write_lock("pip", f"pip=={metadata.version('pip')}", own)
    return made


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door nobody has opened yet."""
    return build(tmp_path)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """A door opened once on a bare machine, without a network; each test leaves it so."""
    made = build(tmp_path_factory.mktemp("opened"))
    done = made.start("--wheelhouse", str(made.wheels), "token", "add", bare=True)
    assert done.stdout == f"hello|token|add|{made.tree.parent}\n", done.stderr
    return made


def test_a_machine_with_pip_starts_from_a_wheelhouse_and_serves_by_default(door: Door) -> None:
    done = door.start(f"--wheelhouse={door.wheels}")
    assert (done.stdout, done.returncode) == (f"hello|{door.tree.parent}\n", 0)


def lay_index(door: Door) -> str:
    """Write simple pages beside the wheels; return the index's address."""
    for package in ("pip", "greeting"):
        page = door.wheels / "simple" / package / "index.html"
        page.parent.mkdir(parents=True)
        wheel = next(door.wheels.glob(f"{package}-*.whl")).name
        page.write_text(f'<a href="../../none.whl">another</a><a href="../../{wheel}">{wheel}</a>')
    return (door.wheels / "simple").as_uri()


def test_the_index_of_the_environment_leads_a_bare_machine_to_pip(door: Door) -> None:
    done = door.start(bare=True, PIP_INDEX_URL=lay_index(door))
    assert done.stdout.startswith("hello|"), done.stderr


def test_the_index_of_pips_own_settings_leads_a_bare_machine_to_pip(door: Door, tmp_path: Path) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {lay_index(door)}\n")
    done = door.start(bare=True, PIP_INDEX_URL="", PIP_CONFIG_FILE=str(settings))
    assert done.stdout.startswith("hello|"), done.stderr


def test_a_package_without_a_hash_is_refused(door: Door) -> None:
    (door.tree / "requirements" / "runtime.txt").write_text("greeting==1.0\n")
    done = door.start("--wheelhouse", str(door.wheels), bare=True)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_pip_wheel_with_another_hash_is_never_run(door: Door) -> None:
    wheel = next(door.wheels.glob("pip-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"!")
    done = door.start("--wheelhouse", str(door.wheels), bare=True)
    assert done.returncode == 1
    assert "the hash is not the one" in done.stderr


def test_a_package_with_another_hash_is_refused_and_nothing_is_stamped(door: Door) -> None:
    lock = door.tree / "requirements" / "runtime.txt"
    lock.write_text("greeting==1.0 --hash=sha256:" + "0" * 64 + "\n")
    done = door.start("--wheelhouse", str(door.wheels), bare=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert not (door.tree / ".venv" / "installed.json").exists()


@pytest.mark.parametrize("bare", [True, False])
def test_a_failing_install_says_what_to_do_in_both_languages(door: Door, bare: bool) -> None:
    done = door.start(bare=bare)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(hint in done.stderr for hint in ("没有网络", "No network", "wheelhouse DIR", "PIP_INDEX_URL"))


def test_a_moved_tree_is_installed_anew(door: Door) -> None:
    door.start("--wheelhouse", str(door.wheels), bare=True)
    moved = Door(door.tree.rename(door.tree.parent / "moved"), door.wheels)
    done = moved.start("--wheelhouse", str(door.wheels), bare=True)
    assert ("Installing" in done.stderr, done.returncode) == (True, 0)


def test_of_two_starts_at_once_one_installs_and_both_run(door: Door) -> None:
    command = [sys.executable, str(door.tree / "run.py"), "--wheelhouse", str(door.wheels)]
    both = [subprocess.Popen(command, stdout=-1, stderr=-1, encoding="utf-8", cwd=door.tree) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert all(out.startswith("hello|") for out, _ in said)
    assert sum("Installing what" in words for _, words in said) == 1


def test_a_linked_venv_is_never_emptied(door: Door, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (door.tree / ".venv").symlink_to(elsewhere)
    done = door.start("--wheelhouse", str(door.wheels))
    assert (done.returncode, "不会动它" in done.stderr, "not ours to replace" in done.stderr) == (1, True, True)
    assert (elsewhere / "kept").exists()


def test_a_tree_that_cannot_be_written_is_named(door: Door) -> None:
    (door.tree / ".venv").touch()
    done = door.start()
    assert done.returncode == 1
    assert "Cannot write" in done.stderr
    assert "无法写入" in done.stderr


@pytest.mark.parametrize("arguments", [["--wheelhouse"], ["--wheelhouse", "no-such-folder"], ["--extra", "nonsense"]])
def test_an_option_that_makes_no_sense_is_refused_in_words(opened: Door, arguments: list[str]) -> None:
    done = opened.start(*arguments)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_an_old_python_is_told_which_one_is_needed() -> None:
    text = (ROOT / "run.py").read_text(encoding="utf-8")
    greeting = text[: text.index("import contextlib")].replace("sys.version_info", "(3, 9)")
    done = subprocess.run([sys.executable, "-c", greeting], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "3.9" in done.stderr
    assert "需要 Python 3.11" in done.stderr


def test_a_second_start_of_a_bare_machine_installs_nothing_and_is_quick(opened: Door) -> None:
    start = time.perf_counter()
    done = opened.start("serve", bare=True)
    assert (done.stdout, done.stderr) == (f"hello|serve|{opened.tree.parent}\n", "")
    assert time.perf_counter() - start < 2


def bytecode(door: Door) -> dict[str, int]:
    """What stands beside the server's code for the interpreter, with the time it was written."""
    return {file.name.split(".")[0]: file.stat().st_mtime_ns for file in door.tree.glob("server/__pycache__/*.pyc")}


def test_our_code_is_translated_once_per_change_even_where_python_is_told_to_write_nothing(opened: Door) -> None:
    cli = opened.tree / "server" / "cli.py"
    opened.start(PYTHONDONTWRITEBYTECODE="1")
    first = bytecode(opened)
    assert first.keys() == {"__init__", "cli"}
    opened.start(PYTHONDONTWRITEBYTECODE="1")
    assert bytecode(opened) == first
    cli.write_text(cli.read_text() + "  # newer")
    assert opened.start(PYTHONDONTWRITEBYTECODE="1").stdout.startswith("hello|")
    assert bytecode(opened)["cli"] > first["cli"]


def test_code_that_cannot_be_translated_still_runs(opened: Door) -> None:
    folder = opened.tree / "server" / "__pycache__"
    shutil.rmtree(folder, ignore_errors=True)
    folder.touch()  # in the way
    (opened.tree / ".venv" / "translated").unlink(missing_ok=True)
    assert opened.start().stdout.startswith("hello|")
    folder.unlink()


def test_a_newer_lock_is_installed_at_the_next_start_without_starting_over(opened: Door) -> None:
    (opened.tree / ".venv" / "kept").touch()
    lock = opened.tree / "requirements" / "runtime.txt"
    lock.write_text("# newer\n" + lock.read_text())
    done = opened.start("--wheelhouse", str(opened.wheels))
    assert ("Installing" in done.stderr, done.returncode) == (True, 0)
    assert (opened.tree / ".venv" / "kept").exists()


def test_an_upgrade_that_fails_leaves_what_was_there(opened: Door) -> None:
    lock = opened.tree / "requirements" / "runtime.txt"
    before = lock.read_text()
    lock.write_text(before.replace("1.0", "2.0"))
    assert opened.start().returncode == 1
    lock.write_text(before)
    done = opened.start()
    assert (done.stderr, done.returncode) == ("", 0)


def test_an_interrupted_install_is_made_anew_whatever_pip_is_told_elsewhere(opened: Door, tmp_path: Path) -> None:
    (opened.tree / ".venv" / "installed.json").unlink()
    next((opened.tree / ".venv").rglob("greeting.py")).unlink()
    wild = {"PIP_USER": "1", "PIP_TARGET": str(tmp_path / "elsewhere"), "PIP_REQUIRE_VIRTUALENV": "1"}
    done = opened.start("--wheelhouse", str(opened.wheels), bare=True, **wild)
    assert done.stdout.startswith("hello|"), done.stderr


@pytest.mark.parametrize(
    ("name", "value", "lock", "wanted"),
    [
        ("PAOMADENG_DATABASE_URL", "postgresql://plant@db/site", "scale", True),
        ("PAOMADENG_REDIS_URL_FILE", "/etc/paomadeng/redis", "scale", True),
        ("PAOMADENG_DATABASE_URL", "sqlite:///site.db", "scale", False),
        ("PAOMADENG_DATABASE_URL", "", "scale", False),
        ("PAOMADENG_S3_URL_FILE", "/etc/paomadeng/s3", "s3", True),
        ("PAOMADENG_S3_URL", "", "s3", False),
    ],
)
def test_what_a_setting_needs_is_installed_or_said_to_be_missing(
    opened: Door, name: str, value: str, lock: str, wanted: bool
) -> None:
    opened.write_lock(lock, "greeting==2.0", next(opened.wheels.glob("greeting-*.whl")))
    setting: Any = {name: value}
    done = opened.start("--wheelhouse", str(opened.wheels), "version", **setting)
    assert (done.returncode == 1, "greeting==2.0" in done.stderr) == (wanted, wanted)
    assert opened.start("version").returncode == 0  # what was there is still there
    (opened.tree / "requirements" / f"{lock}.txt").unlink()
