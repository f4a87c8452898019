"""Which pair has which route, where some are driven again and the others stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.domain.rerun_shares import rerun_shares

TWENTY = [f"r{number}" for number in range(20)]


def test_what_stays_has_a_pair_of_its_own_and_what_is_driven_the_others() -> None:
    parts = rerun_shares(TWENTY, {"r6", "r11", "r16"}, 4, goes_on_behind=True)
    stays = tuple(route for route in TWENTY if route not in {"r6", "r11", "r16"})
    assert parts == (stays, ("r6",), ("r11",), ("r16",))


def test_no_pair_is_without_routes_where_few_are_driven() -> None:
    parts = rerun_shares(TWENTY, {"r6"}, 4, goes_on_behind=True)
    assert [len(own) for own in parts] == [7, 6, 6, 1]
    assert parts[-1] == ("r6",)


def test_all_pairs_drive_where_what_stays_is_before_the_last_ones_routes() -> None:
    driven = {"r3", "r4", "r8", "r9", "r14", "r17", "r18", "r19"}
    parts = rerun_shares(TWENTY, driven, 4, goes_on_behind=True)
    assert parts[:3] == (("r3", "r4"), ("r8", "r9"), ("r14", "r17"))
    assert parts[3][-2:] == ("r18", "r19")
    behind_nothing = rerun_shares(TWENTY, driven, 4, goes_on_behind=False)
    assert not driven & set(behind_nothing[0])


def test_one_pair_alone_drives_in_the_order_of_the_file() -> None:
    assert rerun_shares(TWENTY, {"r6"}, 1, goes_on_behind=True) == (tuple(TWENTY),)


@given(st.data())
def test_each_route_is_with_one_pair_in_order_and_nothing_that_stays_is_behind_what_is_driven(
    data: st.DataObject,
) -> None:
    routes = [f"r{number}" for number in range(data.draw(st.integers(1, 30)))]
    driven = data.draw(st.sets(st.sampled_from(routes), min_size=1))
    pairs = data.draw(st.integers(1, min(len(routes), 8)))
    parts = rerun_shares(routes, driven, pairs, goes_on_behind=data.draw(st.booleans()))
    assert len(parts) == pairs
    assert all(parts)
    assert sorted(route for own in parts for route in own) == sorted(routes)
    for own in parts:
        assert list(own) == sorted(own, key=routes.index)
        todo = [place for place, route in enumerate(own) if route in driven]
        if pairs > 1 and todo:
            assert todo == list(range(todo[0], len(own)))
