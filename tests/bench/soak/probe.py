"""The server's own program with a window into it: at SIGUSR2 it writes what it holds to the file in SOAK_PROBE."""

from __future__ import annotations

if __name__ == "__main__":  # as in server/cli.py
    from gevent import monkey

    monkey.patch_all()

import gc
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

MOST = 400  # kinds


def look(_number: int, _frame: Any) -> None:
    """Count every object the collector knows, but for what was there when the server was made."""
    import greenlet

    gc.collect()
    every = gc.get_objects()
    kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in every)
    told = {
        "objects": len(every),
        "greenlets": sum(isinstance(one, greenlet.greenlet) and not one.dead for one in every),
        "kinds": dict(kinds.most_common(MOST)),
    }
    path = Path(os.environ["SOAK_PROBE"])
    path.with_suffix(".new").write_text(json.dumps(told))
    path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    from server.cli import main

    signal.signal(signal.SIGUSR2, look)
    sys.exit(main())
