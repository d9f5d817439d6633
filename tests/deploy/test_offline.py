"""The archive for machines without a network: made, unpacked elsewhere, started with every road out closed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import requests

from deploy.offline import PARTS, PYTHONS, holds, narrowed
from tests.deploy.installed import install
from tests.site import ROOT, free_port

CLOSED = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_INDEX_URL"), "http://127.0.0.1:9")
CLOSED |= {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def pack_wheel(name: str, folder: Path) -> str:
    """Put an installed package back into a wheel, as no index has it; return its line for a lock."""
    found = metadata.distribution(name)
    info = next(file.parts[0] for file in found.files or () if file.parts[0].endswith(".dist-info"))
    wheel = folder / f"{info.removesuffix('.dist-info')}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in found.files or ():
            path = Path(str(file.locate()))
            if ".." not in file.parts and file.suffix != ".pyc" and file.name not in ("RECORD", "WHEEL"):
                archive.write(path, file.as_posix())
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{found.name}=={found.version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def lay(tree: Path, wheels: Path) -> None:
    """A tree whose locks name the wheels that are made here from what is installed."""
    install(tree)
    (tree / "requirements").unlink()
    (tree / "requirements").mkdir()
    wheels.mkdir()
    pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE)
    names = [name for name, version in pins if metadata.version(name) == version]
    (tree / "requirements/runtime.txt").write_text("".join(pack_wheel(name, wheels) for name in names))
    (tree / "requirements/pip.txt").write_text(pack_wheel("pip", wheels))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody has in hand after unpacking the archive on another machine."""
    folder = tmp_path_factory.mktemp("offline")
    lay(folder / "tree", folder / "wheels")
    command = [sys.executable, str(folder / "tree/deploy/offline.py"), str(folder / "a.zip"), "--wheels"]
    subprocess.run([*command, str(folder / "wheels")], check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(folder / "a.zip") as archive:
        archive.extractall(folder / "there")
    return folder / "there/paomadeng"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A path on which there is a Python and next to nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3.13").write_text("#!/bin/sh\nexit 127\n")  # a name with nothing behind it, as pyenv has them
    (folder / "python3.13").chmod(0o755)
    (folder / "python3").symlink_to(os.path.realpath(sys.executable))
    (folder / "dirname").symlink_to(shutil.which("dirname") or "")
    return folder


@pytest.fixture
def started(unpacked: Path, few: Path, tmp_path: Path) -> Iterator[int]:
    """The server by its start script, from its first line to its owner link; the port it serves at."""
    port = free_port()
    environment = {"PATH": str(few), "HOME": str(tmp_path), "PAOMADENG_DATA": str(tmp_path / "data"), **CLOSED}
    command = [
        shutil.which("sh") or "sh",
        str(unpacked / "start.sh"),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env=environment, cwd="/", stdout=-1, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline()]
    while said[-1] and "/welcome/" not in said[-1]:
        said.append(process.stdout.readline())
    assert said[-1], "".join(said)
    yield port
    process.terminate()
    process.communicate(timeout=40)


def test_it_installs_and_serves_without_any_network(started: int, unpacked: Path) -> None:
    assert requests.get(f"http://127.0.0.1:{started}/healthz", timeout=10).text == "ok\n"
    assert (unpacked / ".venv/installed.json").exists()


def test_it_holds_fonts_the_player_and_no_more_than_the_program(unpacked: Path) -> None:
    assert {"NotoSansSC", "unifont"} <= {
        path.stem.partition("_")[0].partition("-")[0] for path in unpacked.glob("media/fonts/**/*.?tf")
    }
    assert (unpacked / "players/dist/index.html").exists()
    held = {path.name for path in unpacked.iterdir()} - {".venv"}
    assert {"server", "requirements", "run.py", "wheels", "start.sh", "start.bat"} <= held
    assert held <= {*PARTS, "wheels", "start.sh", "start.bat"}
    below = [path for name in PARTS for path in (unpacked / name).rglob("*")]
    assert [path for path in below if path.name in ("tests", ".git", "var", "node_modules")] == []


def test_windows_gets_lines_it_can_read_and_the_same_start(unpacked: Path) -> None:
    lines = (unpacked / "start.bat").read_bytes()
    assert lines.count(b"\r\n") == lines.count(b"\n") > 5
    assert b"run.py --wheelhouse wheels %*" in lines
    assert b'run.py --wheelhouse wheels "$@"' in (unpacked / "start.sh").read_bytes()
    for python in PYTHONS:
        assert python.encode() in lines


def test_a_machine_without_a_python_is_told_so_in_both_languages(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to(shutil.which("dirname") or "")
    command = [shutil.which("sh") or "sh", str(unpacked / "start.sh")]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (done.returncode, "需要 Python" in done.stderr, "is needed" in done.stderr) == (1, True, True)


@pytest.mark.parametrize(
    ("marker", "kind", "python", "true"),
    [
        ("python_full_version < '3.12'", "windows", "3.11", True),
        ("python_full_version < '3.12'", "windows", "3.12", False),
        ("python_full_version >= '3.12'", "linux-x86_64", "3.13", True),
        ("python_full_version < '3.11.3'", "linux-x86_64", "3.11", False),
        ("sys_platform == 'win32'", "windows", "3.11", True),
        ("sys_platform == 'win32'", "linux-aarch64", "3.11", False),
        ("platform_system != 'Windows'", "linux-aarch64", "3.11", True),
        ("implementation_name != 'PyPy'", "windows", "3.11", True),
    ],
)
def test_conditions_of_a_lock_are_those_of_the_machine_it_is_for(
    marker: str, kind: str, python: str, true: bool
) -> None:
    assert holds(marker, kind, python) is true


def test_a_condition_nobody_understands_is_refused_rather_than_ignored() -> None:
    with pytest.raises(SystemExit, match="not understood"):
        holds("python_version in '3.11 3.12'", "windows", "3.11")


def test_a_narrowed_lock_keeps_each_pin_with_its_hashes() -> None:
    lock = (
        "# head\na==1 ; python_full_version < '3.12' \\\n    --hash=sha256:1\n    # via x\n"
        "a==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:2\nb==3 \\\n    --hash=sha256:3\n"
    )
    assert narrowed(lock, "windows", "3.13").split() == [
        "a==2",
        "\\",
        "--hash=sha256:2",
        "b==3",
        "\\",
        "--hash=sha256:3",
    ]


def test_every_condition_of_the_locks_is_understood() -> None:
    for lock in ("pip", "runtime", "scale"):
        text = (ROOT / "requirements" / f"{lock}.txt").read_text()
        for python in PYTHONS:
            kept = re.findall(r"^([\w.-]+)==", narrowed(text, "windows", python), re.MULTILINE)
            assert len(kept) == len(set(kept)) > 0
