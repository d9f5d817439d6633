"""The review chain as a table: which act leads where, and who may not do it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"
    STEP_1 = "step_1"
    STEP_2 = "step_2"
    STEP_3 = "step_3"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What a person does to a revision."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    EDIT = "edit"


class Why(StrEnum):
    """Why an act is refused; each has words in the catalogue under ``review.<why>``."""

    NOT_SUBMITTED = "not_submitted"
    ALREADY_SUBMITTED = "already_submitted"
    ALREADY_APPROVED = "already_approved"
    ALREADY_RETURNED = "already_returned"
    NOTHING_TO_WITHDRAW = "nothing_to_withdraw"
    OWN_WORK = "own_work"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to an act that may not be done; nothing changed."""

    why: Why


class _Next(StrEnum):
    """A result that depends on how many steps there are."""

    FIRST = "first"
    FOLLOWING = "following"


STEPS = (State.STEP_1, State.STEP_2, State.STEP_3)
MOST_STEPS = len(STEPS)

_Row = dict[Act, State | Why | _Next]

# Editing always makes a new draft, while an approved revision plays on beside it.
_SETTLED: _Row = {Act.SUBMIT: _Next.FIRST, Act.APPROVE: Why.NOT_SUBMITTED, Act.EDIT: State.DRAFT}
_IN_REVIEW: _Row = {
    Act.SUBMIT: Why.ALREADY_SUBMITTED,
    Act.APPROVE: _Next.FOLLOWING,
    Act.RETURN: State.RETURNED,
    Act.WITHDRAW: State.WITHDRAWN,
    Act.EDIT: State.DRAFT,
}
_TABLE: dict[State, _Row] = {
    State.DRAFT: {**_SETTLED, Act.RETURN: Why.NOT_SUBMITTED, Act.WITHDRAW: Why.NOTHING_TO_WITHDRAW},
    State.RETURNED: {**_SETTLED, Act.RETURN: Why.ALREADY_RETURNED, Act.WITHDRAW: Why.NOTHING_TO_WITHDRAW},
    State.WITHDRAWN: {**_SETTLED, Act.RETURN: Why.NOT_SUBMITTED, Act.WITHDRAW: Why.NOTHING_TO_WITHDRAW},
    State.STEP_1: {**_IN_REVIEW},
    State.STEP_2: {**_IN_REVIEW},
    State.STEP_3: {**_IN_REVIEW},
    State.APPROVED: {
        Act.SUBMIT: Why.ALREADY_APPROVED,
        Act.APPROVE: Why.ALREADY_APPROVED,
        Act.RETURN: Why.ALREADY_APPROVED,
        Act.WITHDRAW: State.WITHDRAWN,
        Act.EDIT: State.DRAFT,
    },
}


def advance(state: State, act: Act, steps: int, is_author: bool) -> State | Refusal:
    """The state after an act, in a chain of ``steps`` (0 to 3), or why it is refused.

    Without steps, submitting approves. With any, the author approves none of them: two pairs of eyes see each
    text. A chain shortened while a revision is in review ends with the approval at hand.
    """
    if not 0 <= steps <= MOST_STEPS:
        raise ValueError(f"a chain has 0 to {MOST_STEPS} steps, not {steps}")
    answer = _TABLE[state][act]
    if isinstance(answer, Why):
        return Refusal(answer)
    if isinstance(answer, State):
        return answer
    if answer is _Next.FOLLOWING and is_author and steps:
        return Refusal(Why.OWN_WORK)
    done = 0 if answer is _Next.FIRST else STEPS.index(state) + 1
    return STEPS[done] if done < steps else State.APPROVED


def acts(state: State, steps: int, is_author: bool) -> tuple[Act, ...]:
    """The acts that would not be refused, for the buttons of the desk."""
    return tuple(act for act in Act if isinstance(advance(state, act, steps, is_author), State))
