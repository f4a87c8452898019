"""A wrong entry of the catalogue is named, with what is wrong of it."""

from __future__ import annotations

import pytest
import yaml

from console.diagnosis.catalogue import catalogue, read
from console.errors import InvalidInput

ENTRY = {
    "name": "a", "title": "A", "owner": "node", "what": "w", "advice": "d",
    "signs": [{"log": "simulator", "words": "x"}], "samples": [], "near_misses": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"owner": "nobody"}, "the cause a is not usable"),
        ({"over": ["b"]}, "a is over b, which nobody knows"),
        ({"signs": []}, "a has no sign"),
        ({"signs": [{"log": "simulator"}]}, "needs its words"),
        ({"signs": [{"log": "simulator", "words": "("}]}, "no regular expression"),
        ({"signs": [{"words": "x"}]}, "either a fact or a line"),
        ({"signs": [{"log": "bridge", "words": "x"}]}, "no container is called bridge"),
        ({"signs": [{"fact": "exit", "raised": "team"}]}, "only a line of a log ends a traceback"),
        ({"unless": [{"fact": "exit", "log": "agent", "words": "x"}]}, "either a fact or a line"),
        ({"mood": "grim"}, "the cause a is not usable"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(change: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read(yaml.safe_dump([ENTRY | change]), "causes.yaml")


def test_two_causes_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidInput, match="a stands twice"):
        read(yaml.safe_dump([ENTRY, ENTRY]), "causes.yaml")


@pytest.mark.parametrize("text", ["- [", "name: a", ""])
def test_what_is_no_list_of_causes_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read(text, "causes.yaml")


def test_the_catalogue_knows_at_least_ninety_causes_of_six_owners() -> None:
    causes = catalogue().causes
    assert len(causes) >= 90
    assert len({each.owner for each in causes}) == 6
