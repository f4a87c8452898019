"""Rules about plain values of any object, shared by the console's checks and the embedded API."""

import pytest

from console.kubernetes_grammar import object_rules as rules


@pytest.mark.parametrize(
    ("number", "sound"),
    [(1, True), (65535, True), (0, False), (65536, False), (True, False), ("80", False)],
)
def test_a_port_is_a_number_that_something_can_listen_on(number, sound):
    assert rules.is_port(number) is sound


@pytest.mark.parametrize(
    ("path", "climbing"), [("a/../b", True), ("..", True), ("a..b", False), ("", False)]
)
def test_a_path_climbs_by_two_dots_alone(path, climbing):
    assert rules.climbs(path) is climbing


def test_a_request_exceeds_a_limit_by_amount_not_by_spelling():
    assert rules.exceeds("2Gi", "2047Mi")
    assert not rules.exceeds("2048Mi", "2Gi")
    assert not rules.exceeds("2Gi", None)


def test_a_volume_s_sources_are_all_but_its_name_and_what_is_null():
    assert rules.sources_of({"name": "v", "emptyDir": {}, "hostPath": None}) == ["emptyDir"]


def test_a_privileged_container_cannot_be_denied_privileges():
    assert rules.contradicts_itself({"privileged": True, "allowPrivilegeEscalation": False})
    assert not rules.contradicts_itself({"privileged": True})
    assert not rules.contradicts_itself({"allowPrivilegeEscalation": False})


def test_sizes_count_bytes_not_characters():
    assert rules.size_of_entries({"a": "ä", "b": ""}) == 4
