"""The review chain, every state, act, length and person enumerated."""

from __future__ import annotations

from itertools import product

import pytest

from playlists.review import STEPS, Act, Refusal, State, Why, acts, advance

# One row per state: submit, approve, return, withdraw, edit. ">" is the next step or approval.
EXPECTED = """
draft      >                  not_submitted     not_submitted     nothing_to_withdraw  draft
step_1     already_submitted  >                 returned          withdrawn            draft
step_2     already_submitted  >                 returned          withdrawn            draft
step_3     already_submitted  >                 returned          withdrawn            draft
approved   already_approved   already_approved  already_approved  withdrawn            draft
returned   >                  not_submitted     already_returned  nothing_to_withdraw  draft
withdrawn  >                  not_submitted     not_submitted     nothing_to_withdraw  draft
"""
ROWS = {row.split()[0]: row.split()[1:] for row in EXPECTED.strip().splitlines()}
ALL = list(product(State, Act, range(4), (False, True)))


def expected(state: State, act: Act, steps: int, is_author: bool) -> State | Refusal:
    word = ROWS[state][list(Act).index(act)]
    if word != ">":
        return State(word) if word in set(State) else Refusal(Why(word))
    if act is Act.APPROVE and is_author and steps > 0:
        return Refusal(Why.OWN_WORK)
    done = STEPS.index(state) + 1 if state in STEPS else 0
    return State(f"step_{done + 1}") if done < steps else State.APPROVED


@pytest.mark.parametrize(("state", "act", "steps", "is_author"), ALL)
def test_every_act_leads_where_the_table_says(state: State, act: Act, steps: int, is_author: bool) -> None:
    assert advance(state, act, steps, is_author) == expected(state, act, steps, is_author)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_no_road_of_the_author_alone_ends_in_approval(steps: int) -> None:
    reached, found = {State.DRAFT}, {State.DRAFT}
    while found:
        answers = {advance(state, act, steps, is_author=True) for state in found for act in Act}
        found = {answer for answer in answers if isinstance(answer, State)} - reached
        reached |= found
    assert State.APPROVED not in reached


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_chain_takes_as_many_approvals_as_it_has_steps(steps: int) -> None:
    state, approvals = advance(State.DRAFT, Act.SUBMIT, steps, is_author=True), 0
    while state is not State.APPROVED:
        assert isinstance(state, State)
        state, approvals = advance(state, Act.APPROVE, steps, is_author=False), approvals + 1
    assert approvals == steps


def test_a_chain_shortened_meanwhile_ends_with_the_approval_at_hand() -> None:
    assert advance(State.STEP_3, Act.APPROVE, 1, is_author=False) is State.APPROVED
    assert advance(State.STEP_3, Act.APPROVE, 1, is_author=True) == Refusal(Why.OWN_WORK)


@pytest.mark.parametrize("steps", [-1, 4])
def test_a_chain_of_another_length_is_a_mistake_of_ours(steps: int) -> None:
    with pytest.raises(ValueError, match="0 to 3 steps"):
        advance(State.DRAFT, Act.SUBMIT, steps, is_author=True)


def test_the_desk_offers_exactly_what_would_not_be_refused() -> None:
    assert acts(State.STEP_1, 1, is_author=True) == (Act.RETURN, Act.WITHDRAW, Act.EDIT)
    assert acts(State.STEP_1, 1, is_author=False) == (Act.APPROVE, Act.RETURN, Act.WITHDRAW, Act.EDIT)
    assert acts(State.APPROVED, 1, is_author=True) == (Act.WITHDRAW, Act.EDIT)
