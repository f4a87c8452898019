"""Which words of a log or of the cluster a team does not get to read."""

from __future__ import annotations

import pytest

from console.operations.bundling.platform_names import PlatformNames

NAMES = PlatformNames(
    ("gnu-17", "titan", "leaderboard", "n", "team", ""),
    ("team-7", "team-7-bcdfg", "agent-1", "registry.io/team:1"),
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("on gnu-17.", "on (name)."),
        ("xgnu-17y and GNU-17", "x(name)y and (name)"),
        ("titan, not titanium", "(name), not titanium"),
        ("team-7 of team", "team-7 of (name)"),
        ("from leaderboard.autoagents import n", "from leaderboard.autoagents import n"),
        ("10.2.3.4:2000", "(address):2000"),
        ("at fe80::1%eth0 and 2001:db8:0:0:0:0:0:5", "at (address)%eth0 and (address)"),
        ("127.0.0.1:2000 0.0.0.0 ::1", "127.0.0.1:2000 0.0.0.0 ::1"),
        ("CARLA 0.9.14, driver 535.104.05, 1.2.3.4.5", "CARLA 0.9.14, driver 535.104.05, 1.2.3.4.5"),
        ("12:30:01 std::vector ad::face 999.1.1.1", "12:30:01 std::vector ad::face 999.1.1.1"),
    ],
)  # fmt: skip
def test_a_container_may_say_all_but_what_is_known_to_be_the_platforms(
    said: str, told: str
) -> None:
    hidden, count = NAMES.hidden_in(said)
    assert (hidden, count) == (told, told.count("(name)") + told.count("(address)"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Successfully assigned ns/team-7-bcdfg to oryx", "Successfully assigned (name) to (name)"),
        ('Pulling image "registry.io/team:1"', 'Pulling image "registry.io/team:1"'),
        ('Pulling image "other"', 'Pulling image "(name)"'),
        ("Stopping container agent-1", "Stopping container agent-1"),
        ("Preempted by oryx on node eland", "Preempted by (name) on node (name)"),
        ("1 Insufficient nvidia.com/gpu, 2 node(s) had taint {a: b}",
         "1 Insufficient nvidia.com/gpu, 2 node(s) had taint (name) (name)"),
        ("the log is missing since 2026-11-22T10:00:00.5Z", "the log is missing since 2026-11-22T10:00:00.5Z"),
        ("Job has reached the specified backoff limit", "Job has reached the specified backoff limit"),
        ("dial tcp kubelet-3:10250: i/o timeout", "dial tcp (name) (name) timeout"),
    ],
)  # fmt: skip
def test_of_the_clusters_words_only_plain_ones_and_the_teams_own_stay(said: str, told: str) -> None:
    cleaned, _ = NAMES.generalised(said)
    assert cleaned.replace(":", "") == told.replace(":", "")


def test_with_no_name_known_addresses_are_hidden_all_the_same() -> None:
    assert PlatformNames((), ()).hidden_in("a 10.0.0.1") == ("a (address)", 1)
