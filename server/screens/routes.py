"""HTTP of screens, groups, layouts, commands and pairing."""

from __future__ import annotations

from typing import Any

from playlists.model import Region
from server.accounts.model import Identity
from server.api import Answer, Api, stale_with, tagged
from server.errors import Invalid, Violation
from server.paging import cursor, place, sliced
from server.parts import Parts
from server.screens import bodies as b
from server.screens import commands, groups, layouts, pairing, players, service
from server.screens.model import CommandKind, Group, Keyed, NewScreenOrder, Screen, StoredLayout

api = Api("screens")

# screens ----------------------------------------------------------------------------------------------------------


@api.post("/api/v1/screens", "screens", body=b.NewScreen, answer=b.KeyedAnswer, status=201, summary="Add a screen")
def add_screen(parts: Parts, who: Identity, body: b.NewScreen) -> b.KeyedAnswer:
    keyed = service.add(parts, who, _order(body))
    return keyed_answer(keyed)


@api.get("/api/v1/screens", query=b.ScreenQuery, answer=b.ScreenList, summary="List screens with their presence")
def list_screens(parts: Parts, who: Identity, query: b.ScreenQuery) -> b.ScreenList:
    after = place(query.cursor) or (-1, "")
    found = service.list_screens(parts, who, group=query.group, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    rest = cursor(page[-1].created, page[-1].id) if len(found) > len(page) else None
    return b.ScreenList(items=[screen_answer(one) for one in page], next=rest)


@api.get("/api/v1/screens/<screen>", answer=b.ScreenAnswer, summary="One screen with its presence", also=(404,))
def get_screen(parts: Parts, who: Identity, screen: str) -> Answer:
    return _tagged(service.get(parts, who, screen))


@api.put(
    "/api/v1/screens/<screen>", "screens", body=b.ScreenChange, answer=b.ScreenAnswer, may_match=True, also=(404,),
    summary="Change a screen; 412 carries it as `current`",
)  # fmt: skip
def change_screen(parts: Parts, who: Identity, screen: str, body: b.ScreenChange, held: str) -> Answer:
    with stale_with(lambda: screen_answer(service.get(parts, who, screen))):
        return _tagged(service.change(parts, who, screen, _changes(body), held))


@api.delete(
    "/api/v1/screens/<screen>", "screens", status=204, summary="Retire a screen; its playlog stays", also=(404,)
)
def retire_screen(parts: Parts, who: Identity, screen: str) -> None:
    service.retire(parts, who, screen)


@api.post(
    "/api/v1/screens/<screen>/blank", "screens", answer=b.CommandAnswer, summary="Make a screen black", also=(404,)
)
def blank_screen(parts: Parts, who: Identity, screen: str) -> b.CommandAnswer:
    return command_answer(commands.order(parts, who, screen, CommandKind.BLANK))


@api.post(
    "/api/v1/screens/<screen>/unblank", "screens", answer=b.CommandAnswer, summary="Let it play again", also=(404,)
)
def unblank_screen(parts: Parts, who: Identity, screen: str) -> b.CommandAnswer:
    return command_answer(commands.order(parts, who, screen, CommandKind.UNBLANK))


@api.post("/api/v1/screens/<screen>/key", "screens", answer=b.KeyAnswer, summary="Renew the screen key", also=(404,))
def renew_key(parts: Parts, who: Identity, screen: str) -> b.KeyAnswer:
    return b.KeyAnswer(key=service.renew_key(parts, who, screen))


@api.post(
    "/api/v1/screens/<screen>/commands", "screens", body=b.CommandOrder, answer=b.CommandAnswer, status=201,
    summary="Order one of the fixed list of commands", also=(404,),
)  # fmt: skip
def order_command(parts: Parts, who: Identity, screen: str, body: b.CommandOrder) -> b.CommandAnswer:
    return command_answer(commands.order(parts, who, screen, body.kind))


@api.get("/api/v1/screens/<screen>/commands", answer=b.CommandList, summary="A screen's last commands", also=(404,))
def list_commands(parts: Parts, who: Identity, screen: str) -> b.CommandList:
    return b.CommandList(items=[command_answer(one) for one in commands.list_commands(parts, who, screen)])


@api.get("/api/v1/screens/<screen>/commands/<command>", answer=b.CommandAnswer, summary="One command", also=(404,))
def get_command(parts: Parts, who: Identity, screen: str, command: str) -> b.CommandAnswer:
    return command_answer(commands.get_command(parts, who, screen, command))


@api.get(
    "/api/v1/screens/<screen>/players", query=b.ListQuery, answer=b.PlayerList, summary="A screen's players",
    also=(404,),
)  # fmt: skip
def list_players(parts: Parts, who: Identity, screen: str, query: b.ListQuery) -> b.PlayerList:
    page = sliced(players.list_players(parts, who, screen), query, lambda one: one.id)
    return b.PlayerList(items=[b.PlayerAnswer(**_fields(one, {"revoked"})) for one in page.items], next=page.next)


@api.post("/api/v1/screens/<screen>/players/<player>/revoke", "screens", status=204, summary="End a player's token",
          also=(404,))  # fmt: skip
def revoke_player(parts: Parts, who: Identity, screen: str, player: str) -> None:
    players.revoke(parts, who, screen, player)


# groups -----------------------------------------------------------------------------------------------------------


@api.post("/api/v1/groups", "screens", body=b.NewGroup, answer=b.GroupAnswer, status=201, summary="Add a group")
def add_group(parts: Parts, who: Identity, body: b.NewGroup) -> b.GroupAnswer:
    return group_answer(groups.add_group(parts, who, body.name, body.parent, body.steps), 0)


@api.get("/api/v1/groups", query=b.ListQuery, answer=b.GroupList, summary="List groups")
def list_groups(parts: Parts, who: Identity, query: b.ListQuery) -> b.GroupList:
    page = sliced(groups.list_groups(parts, who), query, lambda one: one[0].id)
    return b.GroupList(items=[group_answer(*one) for one in page.items], next=page.next)


@api.get("/api/v1/groups/<group>", answer=b.GroupAnswer, summary="One group", also=(404,))
def get_group(parts: Parts, who: Identity, group: str) -> Answer:
    found, screens = groups.get_group(parts, who, group)
    return tagged(group_answer(found, screens), groups.revision(found))


@api.put(
    "/api/v1/groups/<group>", "screens", body=b.GroupChange, answer=b.GroupAnswer, may_match=True, also=(404,),
    summary="Change a group; 412 carries it as `current`",
)  # fmt: skip
def change_group(parts: Parts, who: Identity, group: str, body: b.GroupChange, held: str) -> Answer:
    with stale_with(lambda: group_answer(*groups.get_group(parts, who, group))):
        groups.change_group(parts, who, group, _given(body, "parent"), held)
    return get_group(parts, who, group)


@api.delete(
    "/api/v1/groups/<group>", "screens", status=204, summary="Remove a group; its screens stay", also=(404, 409)
)
def delete_group(parts: Parts, who: Identity, group: str) -> None:
    groups.delete_group(parts, who, group)


# layouts ----------------------------------------------------------------------------------------------------------


@api.post("/api/v1/layouts", "screens", body=b.NewLayout, answer=b.LayoutAnswer, status=201, summary="Add a layout")
def add_layout(parts: Parts, who: Identity, body: b.NewLayout) -> b.LayoutAnswer:
    if (body.kind is None) == (body.regions is None):
        raise Invalid((Violation("kind", "screens.kind_or_regions"),))
    if body.kind is not None:
        return layout_answer(layouts.make_layout(parts, who, body.kind, body.width, body.height, body.name or ""))
    if body.name is None:
        raise Invalid((Violation("name", "field.missing"),))
    return layout_answer(layouts.add_layout(parts, who, body.name, body.width, body.height, _regions(body.regions)))


@api.get("/api/v1/layouts", query=b.LayoutQuery, answer=b.LayoutList, summary="List layouts, maybe for one size")
def list_layouts(parts: Parts, who: Identity, query: b.LayoutQuery) -> b.LayoutList:
    size = (query.width, query.height) if query.width and query.height else None
    page = sliced(layouts.list_layouts(parts, who, size), query, lambda one: one.id)
    return b.LayoutList(items=[layout_answer(one) for one in page.items], next=page.next)


@api.get("/api/v1/layouts/<layout>", answer=b.LayoutAnswer, summary="One layout", also=(404,))
def get_layout(parts: Parts, who: Identity, layout: str) -> Answer:
    found = layouts.get_layout(parts, who, layout)
    return tagged(layout_answer(found), layouts.revision(found))


@api.put(
    "/api/v1/layouts/<layout>", "screens", body=b.LayoutChange, answer=b.LayoutAnswer, may_match=True, also=(404,),
    summary="Change a layout; 412 carries it as `current`",
)  # fmt: skip
def change_layout(parts: Parts, who: Identity, layout: str, body: b.LayoutChange, held: str) -> Answer:
    changes: dict[str, Any] = {} if body.name is None else {"name": body.name.strip()}
    if body.regions is not None:
        changes["regions"] = _regions(body.regions)
    with stale_with(lambda: layout_answer(layouts.get_layout(parts, who, layout))):
        made = layouts.change_layout(parts, who, layout, changes, held)
    return tagged(layout_answer(made), layouts.revision(made))


@api.delete("/api/v1/layouts/<layout>", "screens", status=204, summary="Remove a layout", also=(404, 409))
def delete_layout(parts: Parts, who: Identity, layout: str) -> None:
    layouts.delete_layout(parts, who, layout)


# pairing ----------------------------------------------------------------------------------------------------------


@api.post("/player/pairings", "", body=b.NewPairing, answer=b.PairingAnswer, status=201, summary="Ask for a code",
          also=(429,))  # fmt: skip
def ask_code(parts: Parts, who: Identity, body: b.NewPairing) -> b.PairingAnswer:
    pixels = (body.pixels[0], body.pixels[1]) if body.pixels else None
    made = pairing.ask(parts, who, pixels)
    return b.PairingAnswer(code=made.code, secret=made.secret, expires_ms=pairing.CODE_MS)


@api.post("/player/pair", "", body=b.PairOrder, answer=b.PairAnswer, summary="Become a screen's player",
          also=(202, 404, 410, 429))  # fmt: skip
def pair(parts: Parts, who: Identity, body: b.PairOrder) -> Any:
    if body.key is not None:
        found = pairing.by_key(parts, who, body.key, replace_others=body.others == "revoke")
        return b.PairAnswer(token=found.token, screen=paired_screen(found.screen))
    if body.code is None or body.secret is None:
        raise Invalid((Violation("code", "screens.key_or_code"),))
    taken = pairing.poll(parts, who, body.code, body.secret)
    return b.PairAnswer(token=taken.token, screen=paired_screen(taken.screen)) if taken else Answer({}, status=202)


@api.get("/api/v1/pairings/<code>", "screens", answer=b.WaitingAnswer, summary="The player behind a code",
         also=(422, 429))  # fmt: skip
def look_at_code(parts: Parts, who: Identity, code: str) -> b.WaitingAnswer:
    pixels = pairing.look(parts, who, code)
    return b.WaitingAnswer(pixels=list(pixels) if pixels else None)


@api.post("/api/v1/pairings/claim", "screens", body=b.ClaimOrder, answer=b.ScreenAnswer,
          summary="Give the player behind a code to a screen", also=(404, 429))  # fmt: skip
def claim(parts: Parts, who: Identity, body: b.ClaimOrder) -> b.ScreenAnswer:
    if (body.screen is None) == (body.new_screen is None):
        raise Invalid((Violation("screen", "screens.screen_or_new"),))
    new = _order(body.new_screen) if body.new_screen else None
    return screen_answer(pairing.claim(parts, who, pairing.Claim(body.code, body.screen or "", new)))


# rendering --------------------------------------------------------------------------------------------------------


def screen_answer(screen: Screen) -> b.ScreenAnswer:
    """A screen as HTTP and the desk's pages tell it."""
    values = _fields(screen, {"org", "pitch_um", "presence", "groups"})
    presence = b.PresenceAnswer(**_fields(screen.presence) | {"programme": screen.presence.programme or None})
    return b.ScreenAnswer(**values, pitch_mm=screen.pitch_um / 1000, groups=list(screen.groups), presence=presence)


def _tagged(screen: Screen) -> Answer:
    return tagged(screen_answer(screen), service.revision(screen))


def keyed_answer(keyed: Keyed) -> b.KeyedAnswer:
    """A new screen with its key."""
    return b.KeyedAnswer(**dict(screen_answer(keyed.screen)), key=keyed.key)


def paired_screen(screen: Screen) -> b.PairedScreen:
    """A screen as its player needs it."""
    return b.PairedScreen(
        id=screen.id, name=screen.name, width=screen.width, height=screen.height, colour=screen.colour
    )


def command_answer(command: Any) -> b.CommandAnswer:
    """A command as HTTP tells it."""
    return b.CommandAnswer(**_fields(command))


def group_answer(group: Group, screens: int) -> b.GroupAnswer:
    """A group as HTTP tells it."""
    return b.GroupAnswer(**_fields(group), screens=screens)


def layout_answer(layout: StoredLayout) -> b.LayoutAnswer:
    """A layout as HTTP tells it."""
    regions = [b.RegionBody(**_fields(region)) for region in layout.regions]
    return b.LayoutAnswer(**_fields(layout, {"regions"}), regions=regions)


def _fields(value: Any, but: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__ if name not in but}


def _order(body: b.NewScreen) -> NewScreenOrder:
    values = body.model_dump(exclude={"pitch_mm", "groups"})
    return NewScreenOrder(**values, pitch_um=round(body.pitch_mm * 1000), groups=tuple(body.groups))


def _given(body: Any, *nullable: str) -> dict[str, Any]:
    """Fields the request names; null counts only where it means none."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    return {name: value for name, value in given.items() if value is not None or name in nullable}


def _changes(body: b.ScreenChange) -> dict[str, Any]:
    given = _given(body, "layout", "fallback")
    if "pitch_mm" in given:
        given["pitch_um"] = round(given.pop("pitch_mm") * 1000)
    if "groups" in given:
        given["groups"] = tuple(sorted(set(given["groups"])))
    return given | ({"name": given["name"].strip()} if "name" in given else {})


def _regions(given: list[b.RegionBody] | None) -> tuple[Region, ...]:
    return tuple(Region(one.name, one.x, one.y, one.width, one.height) for one in given or ())
