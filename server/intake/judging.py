"""What becomes of a message: shown, held for a person, ignored; a pure decision with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from server.cap.choosing import Verdict, is_ending, verdict
from server.cap.model import CapMessage, MsgType
from server.errors import Violation
from server.intake.model import Policy, Source, State

SHOWN = State.SHOWN


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to become of a message, and why not simply shown."""

    state: State
    why: Violation | None = None


def because(rule: str, **params: str | int) -> Violation:
    """A reason; ``intake.why.<rule>`` is its sentence."""
    return Violation("", f"intake.why.{rule}", tuple(sorted(params.items())))


def judge(message: CapMessage, source: Source | None, at: int) -> Judgement:
    """What becomes of a CAP message of ``source`` (None: nobody we know) at an instant in UTC ms."""
    ignored = _ignored(message, source, at)
    if ignored:
        return Judgement(State.IGNORED, ignored)
    held = _held(message, source)
    return Judgement(State.HELD, held) if held else Judgement(SHOWN)


def _ignored(message: CapMessage, source: Source | None, at: int) -> Violation | None:
    if source and source.policy is Policy.IGNORE:
        return because("policy_ignore")
    if verdict(message) is Verdict.NEVER:
        return because("status", status=message.status)
    if message.msg_type in (MsgType.ACK, MsgType.ERROR):
        return because("answer", kind=message.msg_type)
    event = blocked_event(message, source.blocked if source else ())
    if event:
        return because("blocked", event=event)
    if ends(message, at):
        return None
    return None if message.infos and not is_over(message, at) else because("expired" if message.infos else "no_text")


def _held(message: CapMessage, source: Source | None) -> Violation | None:
    if source is None:
        return because("unknown_sender", sender=message.sender[:80])
    if any(note.rule == "cap.note.wrapper_status" for note in message.warnings):
        return because("wrapper")
    return because("policy_hold") if source.policy is Policy.HOLD else None


def blocked_event(message: CapMessage, blocked: tuple[str, ...]) -> str:
    """The event of a message, by name or code in any block, that its source may not send; "" for none."""
    unwanted = {event.strip().casefold() for event in blocked}
    for info in message.infos:
        for said in (info.event, *(code.value for code in info.event_codes)):
            if said.strip().casefold() in unwanted:
                return said
    return ""


def is_over(message: CapMessage, at: int) -> bool:
    """Whether every block of a message has expired."""
    return all(info.expires is not None and info.expires <= at for info in message.infos)


def ends(message: CapMessage, at: int) -> bool:
    """Whether a message only ends what it refers to; an Update that comes too late to be shown does as well."""
    late = message.msg_type is MsgType.UPDATE and bool(message.infos) and is_over(message, at)
    return is_ending(message) or late
