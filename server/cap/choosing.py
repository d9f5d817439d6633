"""What to make of a message: whether it may show, in which language, and whether it ends what it refers to."""

from __future__ import annotations

from enum import StrEnum

from server.cap.model import CapInfo, CapMessage, MsgType, Status

_SAME = {"zho": "zh", "chi": "zh", "cmn": "zh", "eng": "en"}
_SCRIPTS = {"tw": "hant", "hk": "hant", "mo": "hant", "hant": "hant"}


class Verdict(StrEnum):
    """What a message's status allows."""

    SHOW = "show"
    DRILL = "drill"
    NEVER = "never"


def verdict(message: CapMessage) -> Verdict:
    """Actual may show, Exercise shows as a drill; Test, System and Draft never reach a screen."""
    if message.status is Status.ACTUAL:
        return Verdict.SHOW
    return Verdict.DRILL if message.status is Status.EXERCISE else Verdict.NEVER


def supersedes(message: CapMessage) -> frozenset[tuple[str, int]]:
    """The (identifier, sent) of every message that this one takes the place of.

    Senders are left out on purpose: real references name another than the message did. Look only among messages of
    the same trusted source.
    """
    if message.msg_type not in (MsgType.UPDATE, MsgType.CANCEL):
        return frozenset()
    return frozenset((reference.identifier, reference.sent) for reference in message.references)


def is_ending(message: CapMessage) -> bool:
    """Whether a message only ends what it refers to: a Cancel, or an Update that is over in the instant it is sent."""
    if message.msg_type is MsgType.CANCEL:
        return True
    ends = [info.expires for info in message.infos]
    over = [end for end in ends if end is not None and end <= message.sent]
    return message.msg_type is MsgType.UPDATE and bool(ends) and len(over) == len(ends)


def choose_info(message: CapMessage, language: str) -> CapInfo | None:
    """The block whose language is nearest to the site's, the first when none is near; None when there is none."""
    return max(message.infos, key=lambda info: _nearness(info.language, language), default=None)


def _nearness(given: str, wanted: str) -> int:
    """3 for the very language, 2 for the same in the same script, 1 for the same in another, 0 for another."""
    (language, script, *exact), (own, own_script, *own_exact) = _parts(given), _parts(wanted)
    if language != own:
        return 0
    if exact == own_exact:
        return 3
    return 2 if script == own_script else 1


def _parts(tag: str) -> tuple[str, str, tuple[str, ...]]:
    """The language, the script it is written in, and all parts of a tag such as ``zh-tw``."""
    language, *others = tag.lower().replace("_", "-").split("-")
    script = next((_SCRIPTS[part] for part in others if part in _SCRIPTS), "")
    return _SAME.get(language, language), script, tuple(others)
