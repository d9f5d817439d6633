"""What the HTTP interface takes and gives of organisations."""

from __future__ import annotations

from pydantic import BaseModel, Field

from server.bodies import Body
from server.organisations.model import MOST_AIRTIME, OrganisationKind, OrganisationOrder


class NewOrganisation(Body):
    """An organisation to be made; ``parent`` is one's own when left out, ``airtime`` in percent."""

    name: str = Field(min_length=1, max_length=80)
    kind: OrganisationKind = OrganisationKind.PLANT
    parent: str = Field(default="", max_length=40)
    airtime: int | None = Field(default=None, ge=0, le=MOST_AIRTIME)

    def order(self) -> OrganisationOrder:
        """The order as the service takes it."""
        return OrganisationOrder(self.name, self.kind, self.airtime)


class OrganisationChange(Body):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    kind: OrganisationKind | None = None
    airtime: int | None = Field(default=None, ge=0, le=MOST_AIRTIME)

    def order(self) -> OrganisationOrder:
        """The order as the service takes it."""
        return OrganisationOrder(self.name, self.kind, self.airtime)


class OrganisationAnswer(BaseModel):
    """An organisation: ``code`` is what its people sign in with, ``waiting`` while nobody can sign in there yet."""

    id: str
    name: str
    kind: str
    parent: str | None = None
    code: str
    airtime: int | None = None
    depth: int
    waiting: bool


class MadeOrganisation(OrganisationAnswer):
    """A new organisation; ``link`` makes its first owner, once."""

    link: str


class OrganisationList(BaseModel):
    """One's own organisation and those below it."""

    items: list[OrganisationAnswer]
    next: str | None = None


class LinkAnswer(BaseModel):
    """Where the first owner of an organisation sets a password, once."""

    link: str


class FiguresAnswer(BaseModel):
    """An organisation by itself: ``asked`` and ``measured`` are percentages of airtime of the last day,
    ``compliance`` is 0 to 1; null where nothing tells."""

    id: str
    name: str
    kind: str
    depth: int
    screens: int
    online: int
    alerts: int
    asked: int
    measured: float | None = None
    compliance: float | None = None
    reached: int


class TotalsAnswer(BaseModel):
    """Sums over everything at and below one's own organisation."""

    organisations: int
    screens: int
    online: int
    reached: int
    to_reach: int


class OverviewAnswer(BaseModel):
    """Figures of one's own organisation and all below."""

    totals: TotalsAnswer
    items: list[FiguresAnswer]
