"""The rules about imports that import-linter has no word for; the layers are in pyproject.toml."""

from __future__ import annotations

import sys

from tests.architecture import tree

ALERTS_LEAN_ON_NOTHING_SLOW = (
    "media",
    "PIL",
    "markdown",
    "apscheduler",
    "server.library",
    "server.editorial",
    "server.scheduling",
    "server.programmes",
)


def importers(folder: str) -> dict[str, frozenset[str]]:
    """Return module path -> what it imports, for the modules below a folder."""
    return {module.path: module.imports for module in tree.modules() if module.path.startswith(folder)}


def is_within(module: str, package: str) -> bool:
    """Tell whether a dotted name is a package or something in it."""
    return module == package or module.startswith(package + ".")


def test_the_core_imports_the_standard_library_and_itself_only() -> None:
    allowed = sys.stdlib_module_names | {"playlists"}
    foreign = {
        name: {one for one in used if one.split(".")[0] not in allowed}
        for name, used in importers("playlists/").items()
    }
    assert {name: used for name, used in foreign.items() if used} == {}


def test_only_realtime_and_the_application_know_the_socket_library() -> None:
    knowing = [
        name for name, used in importers("server/").items() if any(is_within(one, "flask_socketio") for one in used)
    ]
    assert [name for name in knowing if name != "server/app.py" and not name.startswith("server/realtime/")] == []


def test_alerts_lean_on_nothing_slow_or_breakable() -> None:
    slow = {
        name: [one for one in used if any(is_within(one, package) for package in ALERTS_LEAN_ON_NOTHING_SLOW)]
        for name, used in importers("server/alerts/").items()
    }
    assert {name: used for name, used in slow.items() if used} == {}


def test_only_push_emits() -> None:
    sources = {name: text for name, text in tree.texts(".py") if name.startswith("server/")}
    assert [name for name, text in sources.items() if ".emit(" in text] == []
    assert [name for name, text in sources.items() if "_rooms.send(" in text] == ["server/realtime/fanout.py"]
    assert [name for name, text in sources.items() if "fanout.tell(" in text or "fanout.states(" in text] == [
        "server/realtime/push.py"
    ]


def test_features_never_reach_into_the_store_of_another() -> None:
    reaching = {
        (name, one)
        for name, used in importers("server/").items()
        for one in used
        for parts in [one.split(".")]
        if parts[0] == "server" and "store" in parts[2:3] and not name.startswith(f"server/{parts[1]}/")
    }
    assert sorted(reaching) == []
