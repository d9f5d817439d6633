"""One POST to a webhook: by the address that was looked at, without following anywhere, within seconds."""

from __future__ import annotations

import importlib
import ssl
import sys
from typing import Any

from server.outbox import addresses
from server.outbox.formats import Outgoing, Verdict, verdict
from server.outbox.model import Format
from server.pool import off_hub

CONNECT_S, READ_S = 3.0, 6.0
MOST_ANSWER = 16_384


def prepare() -> None:
    """Load what sending needs, beside the hub: it takes a while, once, and no alert should wait for it."""
    if "requests" not in sys.modules:
        off_hub(importlib.import_module, "requests")


def post(kind: Format, address: str, message: Outgoing) -> Verdict:
    """Send a message and say what became of it; never raises for what the other side does."""
    import requests  # slow to import, and needed only where there are webhooks

    found = addresses.place(address)
    if found is None:
        return Verdict(False, "outbox.address", again=False)
    try:
        ip = addresses.resolve(found)
        with _session(found) as session:
            return _sent(session, kind, found, ip, message)
    except addresses.NotAllowed:
        return Verdict(False, "outbox.not_allowed", again=False)
    except requests.Timeout:
        return Verdict(False, "outbox.timeout")
    except requests.exceptions.SSLError:
        return Verdict(False, "outbox.certificate")
    except (requests.RequestException, OSError, ssl.SSLError):
        return Verdict(False, "outbox.unreachable")


def _sent(session: Any, kind: Format, found: addresses.Place, ip: str, message: Outgoing) -> Verdict:
    at = f"[{ip}]" if ":" in ip else ip
    usual = found.port == (443 if found.scheme == "https" else 80)
    host = f"[{found.host}]" if ":" in found.host else found.host
    headers = {
        **message.headers, "Host": host if usual else f"{host}:{found.port}", "Content-Type": "application/json",
        "User-Agent": "Paomadeng", "Accept-Encoding": "identity",
    }  # fmt: skip
    joint = "&" if "?" in found.target else "?"
    url = f"{found.scheme}://{at}:{found.port}{found.target}{joint + message.query if message.query else ''}"
    limits = (CONNECT_S, READ_S)
    with session.post(
        url, data=message.body, headers=headers, timeout=limits, allow_redirects=False, stream=True
    ) as reply:
        return verdict(kind, reply.status_code, reply.raw.read1(MOST_ANSWER) or b"")


def _session(found: addresses.Place) -> Any:
    """A session whose certificate check is about the host's name although it connects to a bare address."""
    import requests
    from requests.adapters import HTTPAdapter

    class ByAddress(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, server_hostname=found.host, assert_hostname=found.host)

    session = requests.Session()
    session.trust_env = False  # no proxy or login of the machine's own: the address looked at is the one used
    if found.scheme == "https":
        session.mount("https://", ByAddress())
    return session
