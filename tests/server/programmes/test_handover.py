"""What a command changes beside a running server reaches the screens all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server import jobs
from server.accounts.model import Identity
from server.db import Database
from server.events import ProgrammePublished, SettingsChanged
from server.parts import Parts
from server.programmes import handover
from server.programmes.compiler import Compiler
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from tests.server.scheduling.site import Site


@pytest.fixture
def beside(parts: Parts) -> Iterator[Parts]:
    """The collaborators of another process on the same data, which compiles nothing."""
    other = Parts(parts.config, parts.clock, Database(parts.config.url), parts.blobs)
    handover.listen(other)
    yield other
    other.db.close()


def test_a_slot_made_by_another_process_is_compiled_here(parts: Parts, beside: Parts, owner: Identity) -> None:
    compiler, playlist = Compiler(parts), Site(parts).playlist()
    scheduling.add(beside, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    jobs.take_over(parts, compiler)
    assert compiler.run_pending() == 1


def test_what_was_taken_over_is_not_taken_again(parts: Parts, beside: Parts) -> None:
    Site(parts)
    beside.db.bus.publish([SettingsChanged("o1"), SettingsChanged("o1")])
    assert handover.take(parts) == {"o1": ["s-gate", "s-line", "s-office"]}
    assert handover.take(parts) == {}


def test_what_a_node_that_ends_has_not_compiled_another_does(parts: Parts, beside: Parts, owner: Identity) -> None:
    ending, other, playlist = Compiler(parts), Compiler(beside, hears=False), Site(parts).playlist()
    ending.run_pending()
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    ending.touch("o1", ["s-line"])
    handover.give(parts, ending)
    jobs.take_over(beside, other)
    assert other.left() == [("o1", "s-line"), ("o1", "s-gate")]
    assert other.run_pending() == 2
    assert other.left() == []


def test_what_is_being_compiled_when_a_node_ends_is_given_away_too(
    parts: Parts, beside: Parts, owner: Identity
) -> None:
    ending, playlist = Compiler(parts), Site(parts).playlist()
    seen: list[list[tuple[str, str]]] = []
    parts.db.bus.subscribe(ProgrammePublished, lambda _: seen.append(ending.left()))
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=("s-gate",))))
    ending.run_pending()
    assert seen == [[("o1", "s-gate")]]


def test_what_is_in_order_is_given_to_nobody(parts: Parts, owner: Identity) -> None:
    ending = Compiler(parts)
    scheduling.add(parts, owner, SlotOrder(Site(parts).playlist(), Targets(screens=("s-gate",))))
    ending.touch_all()
    ending.run_pending()
    handover.give(parts, ending)
    assert handover.take(parts) == {}


def test_a_process_with_a_compiler_notes_nothing(parts: Parts, owner: Identity) -> None:
    Compiler(parts)
    scheduling.add(parts, owner, SlotOrder(Site(parts).playlist(), Targets(everywhere=True)))
    assert handover.take(parts) == {}
