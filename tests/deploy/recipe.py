"""What the recipe of a box would do, as it shows it itself."""

from __future__ import annotations

import re
import shutil
import subprocess

from tests.site import ROOT

KIOSK = ROOT / "deploy/kiosk"
POLICY = "/etc/chromium/policies/managed/paomadeng.json"


def shown(address: str) -> subprocess.CompletedProcess[str]:
    """What the script would do for an address."""
    command = [shutil.which("sh") or "sh", str(KIOSK / "setup.sh"), "--print", address]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files(text: str) -> dict[str, str]:
    """The files among what is shown, by their names."""
    found = re.split(r"^--- (\S+) \(\d+\)\n", re.sub(r"^\+ .*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))
