"""Who is at work on a database, and who of them leads."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from server import jobs, tables
from server.app import create_app
from server.clock import FixedClock
from server.jobs import Job
from server.nodes import FORGET_MS, SILENT_MS, Node, at_work
from server.parts import Parts
from tests.server.conftest import NewNode


def test_a_node_tells_of_itself_until_it_leaves(parts: Parts, new_node: NewNode, clock: FixedClock) -> None:
    node = new_node(8080)
    node.beat()
    first = at_work(parts)
    clock.pass_(2_000)
    node.beat()
    (row,) = at_work(parts)
    assert (row.id, row.port, row.leads, row.deaf) == (node.id, 8080, True, False)
    assert (row.started, row.seen) == (first[0].seen, first[0].seen + 2_000)
    node.leave()
    assert (at_work(parts), node.leads) == ((), False)


def test_a_node_that_says_nothing_is_gone_and_its_row_goes_a_day_later(
    parts: Parts, new_node: NewNode, clock: FixedClock
) -> None:
    new_node(1).beat()
    clock.pass_(SILENT_MS)
    other = new_node(2)
    other.beat()
    assert [row.port for row in at_work(parts)] == [2]
    with parts.db.read() as tx:
        assert tx.execute(tables.nodes.select()).fetchall() != []
    clock.pass_(FORGET_MS)
    other.beat()
    with parts.db.read() as tx:
        assert [row.port for row in tx.execute(tables.nodes.select())] == [2]


def test_a_node_without_a_database_leads_nobody(parts: Parts, new_node: NewNode) -> None:
    node = new_node(1)
    node.beat()
    with parts.db.transaction() as tx:
        tx.execute(sa.text("DROP TABLE nodes"))
    with pytest.raises(sa.exc.SQLAlchemyError):
        node.beat()


class Asked:
    """A leadership that notes what its node thinks while it is asked."""

    def __init__(self, node: Node, *answers: bool) -> None:
        self.node, self.answers, self.thought = node, iter(answers), list[bool]()

    def hold(self) -> bool:
        self.thought.append(self.node.leads)
        if (answer := next(self.answers, None)) is None:
            raise TimeoutError
        return answer


def test_a_node_leads_on_while_it_asks_and_no_longer_once_nobody_answers(parts: Parts) -> None:
    node = Node(parts, 1)
    asked = node._leadership = Asked(node, True, True, False, True)  # type: ignore[assignment]
    told = []
    for _ in range(4):
        node.beat()
        told.append(node.leads)
    with pytest.raises(TimeoutError):
        node.beat()
    assert (asked.thought, told, node.leads) == ([False, True, True, False, True], [True, True, False, True], False)


@pytest.mark.parametrize(("leads", "everywhere", "runs"), [(1, 0, 1), (0, 0, 0), (1, 1, 1), (0, 1, 1)])
def test_a_job_runs_where_it_is_to_run(parts: Parts, new_node: NewNode, leads: int, everywhere: int, runs: int) -> None:
    node, ran = new_node(1), list[int]()
    node.leads = bool(leads)
    jobs.turn(parts, Job("one", 60, lambda _: ran.append(1), everywhere=bool(everywhere)), node)
    assert len(ran) == runs


def test_a_job_that_another_node_runs_is_not_late_here(parts: Parts, new_node: NewNode, clock: FixedClock) -> None:
    app, node = create_app(parts)[0], new_node(1)
    for _ in range(3):
        clock.pass_(3_600_000)
        jobs.turn(parts, Job("elsewhere", 60, lambda _: None), node)
    assert app.test_client().get("/readyz").get_json()["checks"]["jobs"] == "ok"


def test_nodes_that_do_not_hear_each_other_are_a_warning_but_ready(parts: Parts, new_node: NewNode) -> None:
    new_node(1, hears=lambda: False).beat()
    new_node(2).beat()
    answer = create_app(parts)[0].test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["warnings"]) == (200, ["1 of 2 nodes do not hear the others: redis"])
