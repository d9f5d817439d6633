"""What a start leaves out, gives back and asks of the system."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
from server import lean
before = len(gc.get_objects())
lean.settle()
print(before > 1_000, len(gc.get_objects()) < 100, gc.get_threshold() == lean.SELDOM)
"""


def test_what_a_start_made_is_not_looked_through_for_garbage_again() -> None:
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
