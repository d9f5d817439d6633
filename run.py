#!/usr/bin/env python3
"""The door: makes .venv from the hashed locks with the standard library alone, then becomes the server.

It needs no package, and speaks on stderr, in Chinese and in English: stdout belongs to ``token add`` and its like.
"""

import sys

if sys.version_info < (3, 11):  # before anything an older Python could stumble over
    sys.stderr.write(
        "跑马灯需要 Python 3.11 或更新版本，当前是 %d.%d。请安装新版后用它运行，例如：python3.12 run.py\n"
        "Paomadeng needs Python 3.11 or newer; this is %d.%d. Install one and start with it: python3.12 run.py\n"
        % (sys.version_info[:2] * 2)
    )
    sys.exit(1)

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
INCLUDED = {"runtime": ["runtime"], "test": ["runtime", "test"], "check": ["runtime", "test", "check"]}
# pip's own default, needed only where the machine has no pip that knows it.
DEFAULT_INDEX = "https:" + "//" + ".".join(("pypi", "org")) + "/simple"


class Refusal(Exception):
    """The door cannot open; says why and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


def say(zh: str, en: str) -> None:
    """Tell the person at the terminal, leaving stdout to the command."""
    print(f"{zh}\n{en}", file=sys.stderr, flush=True)


# --- is everything there? -------------------------------------------------------------------------------------------


def digest(lock: str) -> str:
    """Return the SHA-256 of a lock file, in hex."""
    return hashlib.sha256((LOCKS / f"{lock}.txt").read_bytes()).hexdigest()


def interpreter() -> str:
    """Name the interpreter behind .venv and where it stands: a move or an upgrade changes it."""
    return f"{VENV} {os.path.realpath(PYTHON)}"


def installed() -> dict[str, str]:
    """Return what the stamp vouches for (lock name -> digest); empty when .venv cannot be trusted."""
    try:
        stamp = json.loads(STAMP.read_bytes())
        return dict(stamp["locks"]) if stamp["interpreter"] == interpreter() and PYTHON.exists() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def missing(wanted: Sequence[str]) -> list[str]:
    """Return the locks among ``wanted`` that .venv does not hold as they are now."""
    have = installed()
    return [lock for lock in wanted if have.get(lock) != digest(lock)]


# --- making .venv ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold .venv/.lock, so that of two starts at once the second waits and finds the work done."""
    try:
        VENV.mkdir(exist_ok=True)
        file = (VENV / ".lock").open("a+b")
    except OSError as error:
        raise Refusal(
            f"无法写入 {VENV}（{error.strerror}）。请把程序放在可写的目录中，或由有写权限的用户先运行一次 run.py。",
            f"Cannot write {VENV} ({error.strerror}). Put the program in a writable folder, or let a user who may "
            "write there run run.py once.",
        ) from None
    with file:
        wait_for(file)
        yield


def wait_for(file: IO[bytes]) -> None:
    """Lock an open file; the system lets go of it when this process ends, however it ends."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        while True:
            with contextlib.suppress(OSError):  # it gives up after ten seconds each time
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("另一个进程正在安装，请稍候……", "Another start is installing; waiting for it …")
        fcntl.flock(file, fcntl.LOCK_EX)


def ensure(name: str, wheelhouse: str | None) -> None:
    """Make .venv hold the named lock, and those it builds on, or raise Refusal; quick when it already does."""
    wanted = INCLUDED.get(name, ["runtime", name])
    if not missing(wanted):
        return
    with alone():
        if not missing(wanted):
            return
        say("正在安装所需组件（每个版本只需一次）……", "Installing what Paomadeng needs (once per version) …")
        before = installed()
        STAMP.unlink(missing_ok=True)  # from here until the new stamp, .venv is not to be trusted
        if not before:
            make_venv(wheelhouse)
        try:
            install(f"{name}.txt", wheelhouse)
        except Refusal:
            if before:  # pip undoes what it could not finish, so .venv is what it was
                write_stamp(before)
            raise
        held = {lock: seal for lock, seal in before.items() if seal == digest(lock)}
        write_stamp({**held, **{lock: digest(lock) for lock in wanted}})


def write_stamp(locks: dict[str, str]) -> None:
    """Vouch for .venv, last of all and in one step."""
    half = STAMP.with_suffix(".half")
    half.write_text(json.dumps({"interpreter": interpreter(), "locks": locks}), encoding="utf-8")
    half.replace(STAMP)


def translate() -> None:
    """Have our own code in bytecode, once per change, as pip leaves everybody else's; a start takes longer without."""
    ours, stamp = [ROOT / name for name in ("server", "media", "playlists")], VENV / "translated"
    held = {str(file): file.stat() for folder in ours for file in sorted(folder.rglob("*.py"))}
    seal = repr([interpreter(), *((name, one.st_mtime_ns, one.st_size) for name, one in held.items())])
    with contextlib.suppress(OSError):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != seal:
            run_quietly([str(PYTHON), "-m", "compileall", "-q", *map(str, ours)])
            stamp.write_text(seal, encoding="utf-8")


def make_venv(wheelhouse: str | None) -> None:
    """Build .venv anew, pip inside, whatever an interrupted start or another Python left there."""
    try:
        import venv
    except ImportError:
        raise Refusal(
            "这个 Python 缺少 venv 模块。Debian/Ubuntu 请运行：apt-get install python3",
            "This Python lacks the venv module. On Debian or Ubuntu: apt-get install python3",
        ) from None
    if VENV.is_symlink():
        raise Refusal(f"{VENV} 是链接，不会动它；请删除。", f"{VENV} is a link, not ours to replace: remove it.")
    for entry in VENV.iterdir():
        if entry.name != ".lock":
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(VENV)
    add_pip(wheelhouse)


def add_pip(wheelhouse: str | None) -> None:
    """Put pip into .venv: the one Python ships, else by the machine's pip, else our pinned wheel by itself."""
    ways = []
    if has_module("ensurepip"):
        ways.append([str(PYTHON), "-m", "ensurepip", "--default-pip"])
    if has_module("pip"):
        foreign = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
        ways.append(pip_command(foreign, "install", "pip.txt", wheelhouse))
    if any(run_quietly(way).returncode == 0 for way in ways):
        return
    with tempfile.TemporaryDirectory() as folder:
        wheel = pip_wheel(wheelhouse, Path(folder))
        done = run_quietly([str(PYTHON), str(wheel / "pip"), "install", "--no-index", "--no-deps", str(wheel)])
    if done.returncode:
        raise failed_install(done.stdout)


def has_module(name: str) -> bool:
    """Tell whether this Python has a module, without importing it."""
    import importlib.util

    return importlib.util.find_spec(name) is not None


def pip_environment() -> dict[str, str]:
    """Return the environment for pip: indexes, proxies and certificates as set, nothing that redirects an install."""
    leave = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_NO_BINARY", "PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_PYTHON"}
    kept = {name: value for name, value in os.environ.items() if name not in leave}
    return {**kept, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PYTHONUTF8": "1"}


def run_quietly(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command, its words kept for the case that it fails."""
    return subprocess.run(
        command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, encoding="utf-8", errors="replace", env=pip_environment()
    )


def pip_command(pip: list[str], act: str, lock: str, wheelhouse: str | None) -> list[str]:
    """Spell a pip call that takes only hashed wheels, from the wheelhouse alone when there is one."""
    offline = ["--no-index", "--find-links", str(Path(wheelhouse).resolve())] if wheelhouse else []
    quiet = ["-q", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
    strict = ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS / lock)]
    return [*pip, act, *quiet, *strict, *offline]


def install(lock: str, wheelhouse: str | None) -> None:
    """Install one lock into .venv; raise Refusal with pip's own words when that fails."""
    done = run_quietly(pip_command([str(PYTHON), "-m", "pip"], "install", lock, wheelhouse))
    if done.returncode:
        raise failed_install(done.stdout)


def failed_install(words: str) -> Refusal:
    """Say what pip said, and what a person can do about it."""
    tail = "\n".join(f"  | {line}" for line in words.strip().splitlines()[-12:])
    return Refusal(
        f"{tail}\n安装没有完成，什么也没有弄坏；解决下面的问题后再运行一次即可。\n"
        "  · 没有网络：在能上网的同类机器上运行 python3 run.py wheelhouse DIR，把 DIR 拷来，"
        "再运行 python3 run.py --wheelhouse DIR\n"
        "  · 厂内镜像：设置 PIP_INDEX_URL（代理用 HTTPS_PROXY，自有证书用 PIP_CERT）\n"
        "  · 磁盘已满：需要约 300 MB",
        "The install did not finish; nothing is broken. Mend the cause and run it again.\n"
        "  · No network: run `python3 run.py wheelhouse DIR` on a machine of the same kind that has one, bring DIR "
        "here, then `python3 run.py --wheelhouse DIR`\n"
        "  · A mirror inside the plant: set PIP_INDEX_URL (HTTPS_PROXY for a proxy, PIP_CERT for its certificate)\n"
        "  · Disk full: about 300 MB are needed",
    )


# --- the pip wheel, where this Python has none ----------------------------------------------------------------------


def pip_wheel(wheelhouse: str | None, folder: Path) -> Path:
    """Return the pinned pip wheel, from the wheelhouse or the index; its hash decides, not where it came from."""
    text = (LOCKS / "pip.txt").read_text(encoding="utf-8")
    name = f"pip-{text.partition('pip==')[2].split()[0]}-py3-none-any.whl"
    try:
        data = (Path(wheelhouse) / name).read_bytes() if wheelhouse else download(name)
    except (OSError, ValueError) as error:
        raise failed_install(f"{name}: {error}") from None
    if f"sha256:{hashlib.sha256(data).hexdigest()}" not in text:
        raise failed_install(f"{name}: the hash is not the one in requirements/pip.txt; nothing of it was run")
    (folder / name).write_bytes(data)
    return folder / name


def download(name: str) -> bytes:
    """Fetch pip's wheel through the index's simple page, as pip would; raise OSError when it cannot."""
    from html.parser import HTMLParser
    from urllib.parse import urldefrag, urljoin

    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(value for key, value in attrs if tag == "a" and key == "href" and value)

    page = index_url().rstrip("/") + "/pip/"
    page += "index.html" if page.startswith("file:") else ""
    Links().feed(fetch(page).decode())
    for link in links:
        address = urldefrag(urljoin(page, link)).url
        if address.endswith("/" + name):
            return fetch(address)
    raise OSError(f"not on the index page {page.rpartition('@')[2]}")


def fetch(address: str) -> bytes:
    """Return what an http, https or file address holds, with the credentials it names; raise OSError."""
    import base64
    import ssl
    import urllib.request
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https", "file"):
        raise OSError(f"not an address pip's index can have: {parts.scheme}")
    account, _, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(parts._replace(netloc=host).geturl())
    if account:
        request.add_header("Authorization", "Basic " + base64.b64encode(unquote(account).encode()).decode())
    trust = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or pip_setting("cert"))
    with urllib.request.urlopen(request, timeout=60, context=trust) as answer:  # nosec B310: the scheme is checked
        return bytes(answer.read())


def index_url() -> str:
    """Return the package index as pip would choose it: environment, then its files, then its default."""
    return os.environ.get("PIP_INDEX_URL") or pip_setting("index-url") or DEFAULT_INDEX


def pip_setting(name: str) -> str | None:
    """Read one setting from pip's configuration files, the later file winning, as in pip itself."""
    import configparser

    home = Path.home()
    places = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip/pip.conf"]
    places += [Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"]
    places += [Path(os.environ["APPDATA"]) / "pip/pip.ini"] if "APPDATA" in os.environ else []
    places += [Path(os.environ["PIP_CONFIG_FILE"])] if "PIP_CONFIG_FILE" in os.environ else []
    settings = configparser.RawConfigParser()
    with contextlib.suppress(configparser.Error):
        settings.read(places, encoding="utf-8")
    return settings.get("install", name, fallback=None) or settings.get("global", name, fallback=None)


# --- commands -------------------------------------------------------------------------------------------------------


def fill_wheelhouse(arguments: list[str]) -> int:
    """Gather every wheel a machine without a network needs into a folder; more arguments go to `pip download`."""
    if not arguments or arguments[0].startswith("-"):
        say("用法：python3 run.py wheelhouse DIR", "Usage: python3 run.py wheelhouse DIR")
        return 2
    folder, more = Path(arguments[0]).absolute(), arguments[1:]
    for lock in ("pip.txt", "runtime.txt", *(f"{extra}.txt" for extra in wanted_extras())):
        command = pip_command([str(PYTHON), "-m", "pip"], "download", lock, None)
        done = run_quietly([*command, "--dest", str(folder), *more])
        if done.returncode:
            raise failed_install(done.stdout)
    say(f"已备好 {folder}。", f"{folder} is ready.")
    return 0


def become(module: str, arguments: list[str]) -> NoReturn:
    """Hand this process over to a module of ours inside .venv, whatever folder it was called from."""
    command = [str(PYTHON), "-P", "-m", module, *arguments]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    if os.name != "nt":
        os.execve(command[0], command, environment)
    try:
        sys.exit(subprocess.call(command, env=environment))
    except KeyboardInterrupt:
        sys.exit(130)


def wanted_extras(command: str = "") -> list[str]:
    """Name what a command or a setting needs beside the program: for a PostgreSQL or a Redis, for a bucket."""
    urls = [(n, os.getenv(f"PAOMADENG_{n}_URL{end}")) for n in ("DATABASE", "REDIS", "S3") for end in ("", "_FILE")]
    named = {one for one, url in urls if url and not url.startswith("sqlite")}
    named |= {"test": {"REDIS", "S3"}, "check": {"REDIS", "S3"}, "move": {"REDIS"}}.get(command, set())
    return ["scale"] * bool(named - {"S3"}) + ["s3"] * ("S3" in named)


def split(arguments: list[str]) -> tuple[str | None, str | None, list[str]]:
    """Take the door's own options off the front: --wheelhouse DIR, --extra NAME; the rest is the command."""
    own: dict[str, str] = {}
    while arguments and arguments[0].partition("=")[0] in ("--wheelhouse", "--extra"):
        name, equals, value = arguments[0].partition("=")
        if not equals and len(arguments) < 2:
            raise Refusal(f"{name} 后面缺少一个值。", f"{name} needs a value.")
        own[name], arguments = (value, arguments[1:]) if equals else (arguments[1], arguments[2:])
    return own.get("--wheelhouse"), own.get("--extra"), arguments


def main(arguments: list[str]) -> int:
    """Install what the command needs, then run it."""
    wheelhouse, extra, rest = split(arguments)
    if wheelhouse and not Path(wheelhouse).is_dir():
        raise Refusal(f"没有这个目录：{wheelhouse}", f"There is no such folder: {wheelhouse}")
    command = rest[0] if rest else "serve"
    ensure(command if command in ("test", "check") else "runtime", wheelhouse)
    if extra and not (LOCKS / f"{extra}.txt").is_file():
        raise Refusal(f"没有这个附加组件：{extra}", f"There is no such extra: {extra}")
    for lock in filter(None, (extra, *wanted_extras(command))):
        ensure(lock, wheelhouse)
    if command == "wheelhouse":
        return fill_wheelhouse(rest[1:])
    translate()
    if command in ("test", "check"):
        become(f"tests.gate.{command}", rest[1:])
    become("server.cli", rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
