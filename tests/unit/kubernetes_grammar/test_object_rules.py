"""Rules about plain values of any object, shared by the console's checks and the embedded API."""

import pytest

from console.kubernetes_grammar import object_rules as rules
from console.kubernetes_grammar.object_rules import AmountFault, SourceFault


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


@pytest.mark.parametrize(
    ("limits", "requests", "faults"),
    [
        ({"memory": "2047Mi"}, {"memory": "2Gi"}, [("requests", "memory", AmountFault.EXCEEDS)]),
        ({"memory": "2Gi"}, {"memory": "2048Mi"}, []),
        ({}, {"memory": "2Gi"}, []),
        ({"a/gpu": 2}, {"a/gpu": "1"}, [("requests", "a/gpu", AmountFault.UNEQUAL)]),
        ({}, {"a/gpu": "1"}, [("requests", "a/gpu", AmountFault.UNEQUAL)]),
        ({"a/gpu": "500m"}, {}, [("limits", "a/gpu", AmountFault.NOT_WHOLE)]),
        ({"cpu": "-1"}, {}, [("limits", "cpu", AmountFault.NEGATIVE)]),
        ({"cpu": "1GB"}, {"cpu": "1"}, [("limits", "cpu", AmountFault.NO_QUANTITY)]),
        (None, "none", []),
    ],
)
def test_amounts_are_compared_by_what_they_are_not_by_their_spelling(limits, requests, faults):
    found = rules.amount_faults({"limits": limits, "requests": requests})
    assert list(found) == faults


def test_numbers_below_their_least_are_told():
    assert list(rules.too_small({"a": -1, "b": 0, "c": None}, {"a": 0, "b": 0, "c": 0})) == [
        ("a", -1)
    ]


def test_a_value_repeats_where_it_stands_again_and_nothing_is_no_value():
    assert list(rules.repeats(["a", "b", "a", "", "", None, None, "a"])) == [2, 7]


@pytest.mark.parametrize(
    ("mount", "faults"),
    [
        ({}, []),
        ({"subPath": "a/b"}, []),
        ({"subPath": "/a/../b"}, [("subPath", "absolute"), ("subPath", "climbs")]),
        ({"subPathExpr": "../$(A)"}, [("subPathExpr", "climbs")]),
        ({"subPath": "a", "subPathExpr": "b"}, [("subPathExpr", "told twice")]),
    ],
)
def test_a_sub_path_stays_inside_its_volume_and_is_told_once(mount, faults):
    assert [(field, fault.value) for field, fault in rules.sub_path_faults(mount)] == faults


@pytest.mark.parametrize(
    ("variable", "fault"),
    [
        ({"value": "x"}, None),
        ({"valueFrom": {"fieldRef": {}}}, None),
        ({"valueFrom": {}}, SourceFault.NONE),
        ({"valueFrom": "x"}, SourceFault.NONE),
        ({"valueFrom": {"fieldRef": {}, "secretKeyRef": {}}}, SourceFault.MANY),
        ({"value": "x", "valueFrom": {"fieldRef": {}}}, SourceFault.BESIDE_VALUE),
        ({"value": "", "valueFrom": {"fieldRef": {}}}, None),
    ],
)
def test_a_variable_has_its_value_from_one_source_alone(variable, fault):
    assert rules.source_fault(variable) is fault


def test_a_volume_s_sources_are_all_but_its_name_and_what_is_null():
    assert rules.sources_of({"name": "v", "emptyDir": {}, "hostPath": None}) == ["emptyDir"]


def test_a_privileged_container_cannot_be_denied_privileges():
    assert rules.contradicts_itself({"privileged": True, "allowPrivilegeEscalation": False})
    assert not rules.contradicts_itself({"privileged": True})
    assert not rules.contradicts_itself({"allowPrivilegeEscalation": False})


def test_sizes_count_bytes_not_characters():
    assert rules.size_of_entries({"a": "ä", "b": ""}) == 4
    assert rules.size_of_values({"a": "ä"}, {"b": "b"}) == 3
