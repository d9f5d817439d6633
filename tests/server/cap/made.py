"""Hypothesis strategies that make CAP messages such as can be written."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from playlists.alert import Category, Certainty, Response, Severity, Urgency
from server.cap import spelling
from server.cap.model import CapArea, CapInfo, CapMessage, MsgType, Named, Reference, Scope, Status

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine proves nothing
characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from("安全 <>&\"' \n\t\r,;:+/\u3000\ufeff")
raw = st.text(characters, max_size=30)
words = raw.map(spelling.one_line)
said = words.filter(bool)
paragraphs = raw.map(spelling.lines)
names = st.text(st.sampled_from("abcXYZ019.:+/-_@%?#=*安"), min_size=1, max_size=40)
unquoted = words.map(lambda text: spelling.one_line(text.replace('"', ""))).filter(bool)
seconds = st.integers(0, 253_000_000_000).map(lambda second: second * 1000)
pairs = st.lists(st.builds(Named, words, paragraphs).filter(any), max_size=2).map(tuple)
offsets = st.sampled_from((480, 0, -210, 345, 840, -720, -30))


def some(of: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """A few values of a kind."""
    return st.lists(of, min_size=least, max_size=3).map(tuple)


areas = st.builds(
    CapArea,
    description=said,
    polygons=some(said),
    circles=some(said),
    geocodes=pairs,
    altitude=words,
    ceiling=words,
)
infos = st.builds(
    CapInfo,
    event=said,
    categories=st.lists(st.sampled_from(Category), min_size=1, max_size=3, unique=True).map(tuple),
    urgency=st.sampled_from(Urgency),
    severity=st.none() | st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.sampled_from(("zh-CN", "zh-tw", "en-US", "en", "zh-Hant-HK")),
    response_types=st.lists(st.sampled_from(Response), max_size=2, unique=True).map(tuple),
    audience=words,
    event_codes=pairs,
    effective=st.none() | seconds,
    onset=st.none() | seconds,
    expires=st.none() | seconds,
    sender_name=words,
    headline=words,
    description=paragraphs,
    instruction=paragraphs,
    web=words,
    contact=words,
    parameters=pairs,
    areas=st.lists(areas, max_size=2).map(tuple),
)
messages = st.builds(
    CapMessage,
    identifier=names,
    sender=names,
    sent=seconds,
    status=st.sampled_from(Status),
    msg_type=st.sampled_from(MsgType),
    scope=st.sampled_from(Scope),
    source=words,
    restriction=said,
    addresses=some(unquoted, least=1),
    codes=some(said),
    note=paragraphs,
    references=st.lists(st.builds(Reference, names, names, seconds), max_size=3).map(tuple),
    incidents=some(unquoted),
    infos=st.lists(infos, max_size=2).map(tuple),
)
