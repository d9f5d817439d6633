"""Screens: adding, changing, blanking, retiring, and who may."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.model import Colour, Region
from server.accounts.model import Grant, Identity
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.events import ScreenChanged, SettingsChanged
from server.ids import digest
from server.parts import Parts
from server.screens import groups, layouts, service, store
from server.screens.model import Keyed, LayoutKind, NewScreenOrder
from server.tables import screens

STRIP = NewScreenOrder("东门条屏", 192, 16, Colour.SINGLE)


def add(parts: Parts, owner: Identity, **more: object) -> Keyed:
    return service.add(parts, owner, replace(STRIP, **more))  # type: ignore[arg-type]


def test_a_new_screen_is_offline_and_its_key_is_stored_only_as_a_hash(parts: Parts, owner: Identity) -> None:
    made = add(parts, owner)
    with parts.db.read() as tx:
        row = tx.execute(screens.select()).mappings().one()
    assert row["key_hash"] == digest(made.key)
    assert made.key not in str(dict(row))
    assert not made.screen.presence.online
    assert made.screen.presence.last_seen is None


@pytest.mark.parametrize("size", [(64, 16), (192, 16), (1920, 1080), (3840, 2160), (1080, 1920), (2160, 3840)])
def test_any_size_from_a_strip_to_a_wall_is_taken(parts: Parts, owner: Identity, size: tuple[int, int]) -> None:
    made = add(parts, owner, width=size[0], height=size[1])
    assert (made.screen.width, made.screen.height) == size


@pytest.mark.parametrize("size", [(63, 16), (64, 15), (3841, 16), (3840, 2161)])
def test_a_size_outside_the_bounds_is_refused_with_its_field(
    parts: Parts, owner: Identity, size: tuple[int, int]
) -> None:
    with pytest.raises(Invalid) as refused:
        add(parts, owner, width=size[0], height=size[1])
    assert refused.value.violations[0].field in ("width", "height")


def test_two_screens_in_use_never_bear_one_name(parts: Parts, owner: Identity) -> None:
    first = add(parts, owner)
    with pytest.raises(Invalid) as refused:
        add(parts, owner)
    assert refused.value.violations[0].rule == "screens.name_taken"
    service.retire(parts, owner, first.screen.id)
    assert add(parts, owner).screen.id != first.screen.id


def test_another_organisation_sees_nothing(parts: Parts, owner: Identity) -> None:
    made = add(parts, owner)
    stranger = replace(owner, org="o2")
    assert service.list_screens(parts, stranger) == ()
    with pytest.raises(NotFound):
        service.get(parts, stranger, made.screen.id)


def test_a_layout_for_another_size_is_refused(parts: Parts, owner: Identity) -> None:
    made = add(parts, owner)
    layout = layouts.make_layout(parts, owner, LayoutKind.MAIN_STRIP, 1280, 720)
    with pytest.raises(Invalid) as refused:
        service.change(parts, owner, made.screen.id, {"layout": layout.id})
    assert refused.value.violations[0].rule == "screens.layout_size"


def test_a_change_of_nothing_announces_nothing(parts: Parts, owner: Identity) -> None:
    made = add(parts, owner)
    told: list[ScreenChanged] = []
    parts.db.bus.subscribe(ScreenChanged, told.append)
    service.change(parts, owner, made.screen.id, {"name": made.screen.name, "groups": ()})
    assert told == []
    service.change(parts, owner, made.screen.id, {"place": "东门"})
    assert len(told) == 1


def test_a_page_of_screens_goes_on_where_the_last_one_ended(parts: Parts, owner: Identity) -> None:
    names = [f"屏{n}" for n in range(5)]
    for name in names:
        add(parts, owner, name=name)
    seen, after = [], (-1, "")
    while page := service.list_screens(parts, owner, after=after, limit=2):
        seen += [one.name for one in page]
        after = (page[-1].created, page[-1].id)
    assert sorted(seen) == names


def test_one_who_manages_a_group_changes_only_what_lies_in_it(parts: Parts, owner: Identity) -> None:
    kiln = groups.add_group(parts, owner, "三号窑")
    inner = groups.add_group(parts, owner, "东通道", kiln.id)
    inside, outside = add(parts, owner, groups=(inner.id,)), add(parts, owner, name="食堂")
    leader = replace(owner, grants=(Grant("screens", kiln.id), Grant("read", kiln.id)))
    assert service.change(parts, leader, inside.screen.id, {"place": "东"}).place == "东"
    assert [one.id for one in service.list_screens(parts, leader)] == [inside.screen.id]
    with pytest.raises(Forbidden):
        service.change(parts, leader, outside.screen.id, {"place": "东"})
    with pytest.raises(Forbidden):
        service.add(parts, leader, replace(STRIP, name="新屏"))


def test_sample_screens_go_all_at_once(parts: Parts, owner: Identity) -> None:
    add(parts, owner, sample=True)
    real = add(parts, owner, name="真屏")
    assert service.remove_samples(parts, owner) == 1
    assert [one.id for one in service.list_screens(parts, owner)] == [real.screen.id]


# groups -----------------------------------------------------------------------------------------------------------


def test_a_group_never_lies_inside_itself(parts: Parts, owner: Identity) -> None:
    top = groups.add_group(parts, owner, "厂")
    middle = groups.add_group(parts, owner, "车间", top.id)
    low = groups.add_group(parts, owner, "窑", middle.id)
    with pytest.raises(Invalid) as refused:
        groups.change_group(parts, owner, top.id, {"parent": low.id})
    assert refused.value.violations[0].rule == "screens.group_cycle"


def test_groups_nest_only_so_deep(parts: Parts, owner: Identity) -> None:
    parent = None
    for n in range(groups.DEEPEST):
        parent = groups.add_group(parts, owner, f"第{n}层", parent).id
    with pytest.raises(Invalid):
        groups.add_group(parts, owner, "太深", parent)
    with pytest.raises(Invalid):
        groups.change_group(parts, owner, groups.list_groups(parts, owner)[0][0].id, {"parent": parent})


def test_a_group_with_groups_in_it_is_not_removed(parts: Parts, owner: Identity) -> None:
    top = groups.add_group(parts, owner, "厂")
    groups.add_group(parts, owner, "车间", top.id)
    with pytest.raises(Conflict):
        groups.delete_group(parts, owner, top.id)
    assert len(groups.list_groups(parts, owner)) == 2


def test_a_removed_group_leaves_its_screens(parts: Parts, owner: Identity) -> None:
    group = groups.add_group(parts, owner, "厂")
    told: list[SettingsChanged] = []
    made = add(parts, owner, groups=(group.id,))
    parts.db.bus.subscribe(SettingsChanged, told.append)
    groups.delete_group(parts, owner, group.id)
    assert service.get(parts, owner, made.screen.id).groups == ()
    assert len(told) == 1


def test_targets_reach_the_groups_inside_a_group_in_a_steady_order(parts: Parts, owner: Identity) -> None:
    top = groups.add_group(parts, owner, "厂")
    low = groups.add_group(parts, owner, "窑", top.id)
    in_low = add(parts, owner, name="窑屏", groups=(low.id,)).screen.id
    alone = add(parts, owner, name="门屏").screen.id
    gone = add(parts, owner, name="旧屏", groups=(low.id,)).screen.id
    service.retire(parts, owner, gone)
    with parts.db.read() as tx:
        assert service.resolve_targets(tx, "o1", (), (top.id,), everywhere=False) == (in_low,)
        assert set(service.resolve_targets(tx, "o1", (alone, gone), (low.id,), everywhere=False)) == {in_low, alone}
        assert service.resolve_targets(tx, "o1", (), (), everywhere=True) == store.living(tx, "o1")


def test_review_steps_hold_for_the_groups_inside(parts: Parts, owner: Identity) -> None:
    top = groups.add_group(parts, owner, "厂", steps=1)
    low = groups.add_group(parts, owner, "窑", top.id)
    with parts.db.read() as tx:
        assert service.group_tree(tx, "o1").steps([low.id]) == 1
        assert service.group_tree(tx, "o1").steps([None]) == 0


# layouts ----------------------------------------------------------------------------------------------------------


@given(kind=st.sampled_from(LayoutKind), width=st.integers(64, 3840), height=st.integers(32, 2160))
def test_a_built_in_layout_covers_its_size_without_overlap(kind: LayoutKind, width: int, height: int) -> None:
    regions = layouts.regions_for(kind, width, height)
    assert sum(region.width * region.height for region in regions) == width * height
    assert all(region.width > 0 and region.height > 0 for region in regions)
    assert regions[0].name == "main"


def test_a_strip_has_no_room_for_another(parts: Parts, owner: Identity) -> None:
    with pytest.raises(Invalid) as refused:
        layouts.make_layout(parts, owner, LayoutKind.MAIN_STRIP, 192, 16)
    assert refused.value.violations[0].rule == "screens.no_room"


def test_a_built_in_layout_is_made_once(parts: Parts, owner: Identity) -> None:
    first = layouts.make_layout(parts, owner, LayoutKind.MAIN_SIDE_STRIP, 1280, 720)
    assert layouts.make_layout(parts, owner, LayoutKind.MAIN_SIDE_STRIP, 1280, 720) == first


def test_every_overlap_and_overhang_of_a_layout_is_named(parts: Parts, owner: Identity) -> None:
    regions = [Region("main", 0, 0, 100, 64), Region("side", 90, 0, 100, 64), Region("strip", 200, 0, 100, 64)]
    with pytest.raises(Invalid) as refused:
        layouts.add_layout(parts, owner, "错", 256, 64, regions)
    assert {one.rule for one in refused.value.violations} == {"rules.overlap", "rules.outside"}


def test_moving_a_layouts_regions_changes_every_screen_on_it(parts: Parts, owner: Identity) -> None:
    layout = layouts.make_layout(parts, owner, LayoutKind.MAIN_STRIP, 256, 64)
    told: list[ScreenChanged] = []
    made = add(parts, owner, width=256, height=64).screen
    service.change(parts, owner, made.id, {"layout": layout.id})
    parts.db.bus.subscribe(ScreenChanged, told.append)
    layouts.change_layout(parts, owner, layout.id, {"regions": (Region("main", 0, 0, 256, 64),)})
    assert [fact.screen for fact in told] == [made.id]
    with pytest.raises(Conflict):
        layouts.delete_layout(parts, owner, layout.id)
