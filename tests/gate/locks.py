"""Writes the hashed locks in requirements/ from pyproject.toml: `python -m tests.gate.locks [--upgrade]`."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "requirements"


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock file: which tables of pyproject.toml it pins, and the lock whose pins it must agree with."""

    name: str
    groups: tuple[str, ...] = ()
    extra: str = ""
    after: str = ""

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.txt"

    def wishes(self) -> dict[str, object]:
        """Return the part of pyproject.toml that decides this lock."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        extras = project["project"]["optional-dependencies"]
        return {
            "dependencies": [] if self.name == "pip" else project["project"]["dependencies"],
            "groups": {group: project["dependency-groups"][group] for group in self.groups},
            "extra": extras[self.extra] if self.extra else [],
            "python": project["project"]["requires-python"],
        }

    def seal(self) -> str:
        """Return the comment that opens the lock file: it changes when the wishes do."""
        text = json.dumps(self.wishes(), sort_keys=True)
        return f"# python -m tests.gate.locks wrote this for {hashlib.sha256(text.encode()).hexdigest()[:32]}\n"

    def is_fresh(self) -> bool:
        """Tell whether the lock was written for pyproject.toml as it is now."""
        return self.path.is_file() and self.path.read_text(encoding="utf-8").startswith(self.seal())


LOCKS = (
    Lock("pip", groups=("pip",)),
    Lock("runtime"),
    Lock("test", groups=("test",), after="runtime"),
    Lock("check", groups=("test", "check"), after="test"),
    Lock("scale", extra="scale", after="runtime"),
    Lock("s3", extra="s3", after="runtime"),
    Lock("office", extra="office", after="runtime"),
    Lock("heic", extra="heic", after="runtime"),
    Lock("video", extra="video", after="runtime"),
)


def write(lock: Lock, more: list[str]) -> None:
    """Resolve one lock with uv and seal it; pins that still fit are kept unless --upgrade is said."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", *more]
    command += [] if lock.name == "pip" else ["pyproject.toml"]
    command += [word for group in lock.groups for word in ("--group", group)]
    command += ["--extra", lock.extra] if lock.extra else []
    command += ["--constraint", f"requirements/{lock.after}.txt"] if lock.after else []
    subprocess.run([*command, "--output-file", str(lock.path.relative_to(ROOT))], cwd=ROOT, check=True)
    lock.path.write_text(lock.seal() + lock.path.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Write every lock, or with --check say which are stale."""
    if arguments == ["--check"]:
        stale = [lock.path.name for lock in LOCKS if not lock.is_fresh()]
        if stale:
            print(f"stale: {', '.join(stale)}; run .venv/bin/python -m tests.gate.locks and commit requirements/")
        return 1 if stale else 0
    for lock in LOCKS:
        write(lock, arguments)
        print(lock.path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
