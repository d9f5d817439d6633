"""The recipe of a box: what it would write is whole, names one server only, and takes nothing but an address."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.recipe import KIOSK, POLICY, files, shown
from tests.gate import outside

ADDRESS = "http://10.1.2.3:8080/screen?key=abc-DEF_1"


def test_the_policy_opens_the_plants_own_server_and_no_other() -> None:
    policy = json.loads(files(shown(ADDRESS).stdout)[POLICY])
    assert policy.pop("OverrideSecurityRestrictionsOnInsecureOrigin") == ["http://10.1.2.3:8080"]
    shipped = json.loads((KIOSK / "paomadeng.json").read_text(encoding="utf-8"))
    assert policy == {name: value for name, value in shipped.items() if name in policy}


def test_the_key_lies_where_only_root_and_the_browsers_user_read_it() -> None:
    done = shown(ADDRESS)
    assert files(done.stdout)["/etc/paomadeng-kiosk"] == f"ADDRESS={ADDRESS}\n"
    assert "--- /etc/paomadeng-kiosk (0640)" in done.stdout
    assert "+ chgrp kiosk /etc/paomadeng-kiosk" in done.stdout
    assert done.stdout.count("abc-DEF_1") == 1


def test_the_service_opens_that_address_and_comes_back_whatever_ends_it() -> None:
    unit = files(shown(ADDRESS).stdout)["/etc/systemd/system/paomadeng-kiosk.service"]
    assert unit == (KIOSK / "paomadeng-kiosk.service").read_text(encoding="utf-8")
    assert "EnvironmentFile=/etc/paomadeng-kiosk" in unit
    assert re.search(r"^ExecStart=/usr/bin/cage .* --kiosk .* \$\{ADDRESS\}$", unit, re.MULTILINE)
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(unit.splitlines())


@pytest.mark.parametrize(
    "address",
    ["", "10.1.2.3", "http://10.1.2.3:8080/", "file:///screen", "http://a/screen;reboot", "http://a/screen$(id)"],
)
def test_anything_but_a_screens_address_is_refused(address: str) -> None:
    done = shown(address)
    assert (done.returncode, done.stdout, "Usage" in done.stderr) == (2, "", True)


@pytest.mark.skipif(
    not outside.program("systemd-analyze"), reason="systemd-analyze is missing: apt-get install systemd"
)
def test_systemd_finds_nothing_to_say_about_the_service(tmp_path: Path) -> None:
    unit = (KIOSK / "paomadeng-kiosk.service").read_text(encoding="utf-8")
    copy = tmp_path / "paomadeng-kiosk.service"
    copy.write_text(unit.replace("/usr/bin/cage", shutil.which("true") or ""), encoding="utf-8")
    command = [outside.program("systemd-analyze"), "verify", "--man=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_windows_takes_the_values_of_the_same_policy() -> None:
    script = (KIOSK / "setup.ps1").read_text(encoding="utf-8")
    (names,) = re.findall(r"foreach \(\$name in ([^)]+)\)", script)
    policy = json.loads((KIOSK / "paomadeng.json").read_text(encoding="utf-8"))
    assert set(re.findall(r"'(\w+)'", names)) <= policy.keys()
    assert "OverrideSecurityRestrictionsOnInsecureOrigin" in script
    assert Path(KIOSK / "README.md").read_text(encoding="utf-8").count("setup.ps1") == 1
