"""Slots over HTTP."""

from __future__ import annotations

from server.accounts.model import Identity
from server.api import Answer, Api
from server.parts import Parts
from server.scheduling import conflicts, quick, service
from server.scheduling import week as weeks
from server.scheduling.model import (
    Clash,
    Clashes,
    ConflictsQuery,
    Foreseen,
    NewSlot,
    PauseBody,
    QuickAnswer,
    QuickLine,
    SlotAnswer,
    SlotCheck,
    SlotList,
    SlotQuery,
    SlotRow,
    TargetsAnswer,
    lasting,
)
from server.scheduling.week_bodies import Week, WeekQuery

api = Api("scheduling")


@api.post("/api/v1/slots", "content", body=NewSlot, answer=SlotAnswer, status=201, summary="Schedule a playlist")
def add_slot(parts: Parts, who: Identity, body: NewSlot) -> Answer:
    return _with_conflicts(parts, who, service.add(parts, who, body.order()))


@api.get("/api/v1/slots", query=SlotQuery, answer=SlotList, summary="List slots, newest first")
def list_slots(parts: Parts, who: Identity, query: SlotQuery) -> SlotList:
    rows, following = service.listed(parts, who, query)
    return SlotList(items=[told(row) for row in rows], next=following)


@api.get(
    "/api/v1/slots/conflicts", query=ConflictsQuery, answer=Clashes, also=(404,), summary="Where slots meet on a screen"
)
def list_conflicts(parts: Parts, who: Identity, query: ConflictsQuery) -> Clashes:
    return Clashes(items=conflicts.on_screen(parts, who, query.screen))


@api.post("/api/v1/slots/check", "content", body=SlotCheck, answer=Foreseen, summary="What an unsaved slot would meet")
def check_slot(parts: Parts, who: Identity, body: SlotCheck) -> Foreseen:
    return conflicts.foreseen(parts, who, body.order(), body.slot)


@api.get("/api/v1/slots/week", query=WeekQuery, answer=Week, also=(404,), summary="A week of a screen or a group")
def week(parts: Parts, who: Identity, query: WeekQuery) -> Week:
    return weeks.week(parts, who, query)


@api.get("/api/v1/slots/<slot>", answer=SlotAnswer, summary="One slot with its conflicts")
def get_slot(parts: Parts, who: Identity, slot: str) -> Answer:
    return _with_conflicts(parts, who, service.get(parts, who, slot))


@api.put(
    "/api/v1/slots/<slot>", "content", body=NewSlot, answer=SlotAnswer, if_match=True, also=(409,),
    summary="Change a slot",
)  # fmt: skip
def change_slot(parts: Parts, who: Identity, slot: str, body: NewSlot, held: str) -> Answer:
    return _with_conflicts(parts, who, service.change(parts, who, slot, held, body.order()))


@api.delete("/api/v1/slots/<slot>", "content", status=204, also=(409,), summary="Remove a slot; it can be restored")
def remove_slot(parts: Parts, who: Identity, slot: str) -> None:
    service.remove(parts, who, slot)


@api.post("/api/v1/slots/<slot>/restore", "content", answer=SlotAnswer, summary="Bring a removed slot back")
def restore_slot(parts: Parts, who: Identity, slot: str) -> Answer:
    return _with_conflicts(parts, who, service.restore(parts, who, slot))


@api.post("/api/v1/slots/<slot>/pause", "content", body=PauseBody, answer=SlotAnswer, summary="Rest on one local day")
def pause_slot(parts: Parts, who: Identity, slot: str, body: PauseBody) -> Answer:
    return _with_conflicts(parts, who, service.pause(parts, who, slot, body.day, paused=body.paused))


@api.post("/api/v1/quick-lines", "content", body=QuickLine, answer=QuickAnswer, status=201, summary="One line, now")
def quick_line(parts: Parts, who: Identity, body: QuickLine) -> QuickAnswer:
    made = quick.quick_line(parts, who, body.text, body.targets.value(), body.until, body.region)
    return QuickAnswer(playlist=made.playlist, slot=made.slot.id, state=made.state, screens=made.screens)


def _with_conflicts(parts: Parts, who: Identity, row: SlotRow) -> Answer:
    answer = told(row, conflicts.of_slot(parts, who, row.id))
    return Answer(answer, headers={"ETag": f'"{answer.revision}"'})


def told(row: SlotRow, clashes: list[Clash] | None = None) -> SlotAnswer:
    targets = TargetsAnswer(
        screens=list(row.targets.screens), groups=list(row.targets.groups), all=row.targets.everywhere,
        organisations=list(row.targets.organisations),
    )  # fmt: skip
    return SlotAnswer(
        id=row.id, revision=str(row.changed), playlist=row.playlist, playlist_name=row.playlist_name,
        playlist_state=row.state, targets=targets, region=row.region, daypart=row.daypart, priority=row.priority,
        share=row.share, **lasting(row.begins, row.ends), pauses=list(row.pauses), by=row.by, created=row.created,
        changed=row.changed, conflicts=clashes,
    )  # fmt: skip
