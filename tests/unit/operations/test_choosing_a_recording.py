"""Which recording a name means."""

from __future__ import annotations

import pytest

from console.errors import NotFound
from console.operations.ports.recorder import Recording
from console.operations.replay.choosing import Named, chosen

OLD = Recording("prod", "races", "team-7", "aaaa1111-0")
ELSEWHERE = Recording("lab", "trials", "team-7", "bbbb2222-0")
NEW = Recording("prod", "races", "team-7", "cccc3333-0")
OTHER = Recording("prod", "races", "team-77", "dddd4444-0")
ALL = (OLD, ELSEWHERE, NEW, OTHER)


@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        (Named("team-7"), NEW),
        (Named("team-77"), OTHER),
        (Named("team-7", namespace="trials"), ELSEWHERE),
        (Named("team-7", cluster="lab"), ELSEWHERE),
        (Named("team-7", uid="aaaa"), OLD),
        (Named("team-7", "races", "prod", "cccc3333"), NEW),
    ],
)
def test_it_is_the_newest_of_those_that_fit(named: Named, wanted: Recording) -> None:
    assert chosen(ALL, named).recording == wanted


def test_the_others_of_that_name_are_told_with_their_uids() -> None:
    assert chosen(ALL, Named("team-77")).remark == ""
    assert chosen(ALL, Named("team-7")).remark.endswith("--uid aaaa1111, bbbb2222")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (Named("nope"), "no recording of nope."),
        (Named("team-7", namespace="else"), "no recording of else/team-7."),
        (Named("team-7", uid="dddd"), "no recording of team-7 with the uid dddd."),
        (Named("team-7", cluster="moon"), "no recording of team-7 from moon."),
    ],
)
def test_what_is_not_recorded_is_told_with_what_lists_the_recordings(
    named: Named, told: str
) -> None:
    with pytest.raises(NotFound, match=told) as missing:
        chosen(ALL, named)
    assert "carla-console history" in missing.value.fix
