"""A kiln of two screens, one of them with a player, and alerts for it."""

from __future__ import annotations

from dataclasses import replace

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity
from server.alerts import service
from server.alerts.model import IssueAlert, Proof, ProofKind, Targets
from server.parts import Parts
from server.screens import groups, pairing
from server.screens import service as screens
from server.screens.model import NewScreenOrder

EPOCH = "e" * 32


class Site:
    """Two screens in a kiln, of which the first has a player, and an alert for them."""

    def __init__(self, parts: Parts, owner: Identity) -> None:
        self.parts, self.owner = parts, owner
        self.group = groups.add_group(parts, owner, "三号窑").id
        here = NewScreenOrder("东通道", 192, 16, Colour.SINGLE, place="三号窑", groups=(self.group,))
        first = screens.add(parts, owner, here)
        self.lost = screens.add(parts, owner, replace(here, name="二层平台", place="楼梯上")).screen.id
        credential = pairing.by_key(parts, owner, first.key)
        self.screen = first.screen.id
        self.player = Identity("o1", "player", credential.player, "", screen=self.screen)

    def issue(self, status: Status = Status.ACTUAL, expires_s: int = 1800, headline: str = "煤气泄漏") -> str:
        targets = Targets(groups=(self.group,))
        order = IssueAlert(status, Severity.EXTREME, headline, "走{出口}", targets, expires_s, source="desk")
        return service.issue(self.parts, replace(self.owner, name="安全值班"), order).alert_id

    def show(self, alert: str, after_ms: int = 210, revision: int = 1) -> None:
        at = self.parts.clock.now() + after_ms
        (answer,) = service.prove(self.parts, [Proof(self.player, ProofKind.SHOWN, EPOCH, alert, revision, at)])
        assert answer == {"ok": True}
