"""The kinds of PATCH as rules on values: what each changes, what it leaves, what it refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.localcluster.api.kubectl.patching.json_patch import apply_json_patch
from console.localcluster.api.kubectl.patching.server_side import apply_configuration
from console.localcluster.api.kubectl.patching.strategic import apply_strategic_patch
from console.localcluster.api.merge_patch import apply_merge_patch
from console.localcluster.api.refusals import ApiFailure

POD = "io.k8s.api.core.v1.Pod"
DOCUMENT = {"a": {"b": 1, "c/d": 2, "~": 3}, "list": ["x", "y", "z"]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


def operated(*operations: dict[str, Any], document: Any = DOCUMENT) -> Any:
    return apply_json_patch(document, list(operations))


def op(kind: str, path: str, **more: Any) -> dict[str, Any]:
    return {"op": kind, "path": path, **{k.rstrip("_"): v for k, v in more.items()}}


@pytest.mark.parametrize(
    ("operation", "place", "value"),
    [
        (op("add", "/a/new", value=9), ("a", "new"), 9),
        (op("add", "/a/b", value=9), ("a", "b"), 9),
        (op("replace", "/a/b", value=9), ("a", "b"), 9),
        (op("replace", "/a/c~1d", value=9), ("a", "c/d"), 9),
        (op("replace", "/a/~0", value=9), ("a", "~"), 9),
        (op("add", "/list/-", value="w"), ("list", 3), "w"),
        (op("add", "/list/0", value="w"), ("list", 0), "w"),
        (op("replace", "/list/1", value="w"), ("list", 1), "w"),
        (op("copy", "/a/copy", from_="/list/2"), ("a", "copy"), "z"),
        (op("move", "/a/moved", from_="/list/0"), ("a", "moved"), "x"),
    ],
)
def test_an_operation_changes_the_place_that_it_names(
    operation: dict[str, Any], place: tuple[Any, ...], value: Any
) -> None:
    found = operated(operation)
    for part in place:
        found = found[part]
    assert found == value


def test_a_removed_entry_is_gone_and_the_list_closes_up() -> None:
    assert operated(op("remove", "/list/1"))["list"] == ["x", "z"]
    assert "b" not in operated(op("remove", "/a/b"))["a"]


def test_a_moved_entry_is_where_it_was_no_more() -> None:
    assert operated(op("move", "/a/moved", from_="/list/0"))["list"] == ["y", "z"]


def test_the_whole_document_can_be_replaced() -> None:
    assert operated(op("replace", "", value=[1])) == [1]


def test_a_test_that_holds_changes_nothing_and_one_that_fails_stops_all() -> None:
    assert operated(op("test", "/a/b", value=1)) == DOCUMENT
    with pytest.raises(ApiFailure, match="testing value /a/b failed"):
        operated(op("remove", "/list/0"), op("test", "/a/b", value=2))


def test_the_document_that_was_given_stays_as_it_was() -> None:
    before = copy.deepcopy(DOCUMENT)
    operated(op("add", "/a/new", value=1), op("remove", "/list/0"))
    assert before == DOCUMENT


def test_a_copied_value_is_another_one() -> None:
    patched = operated(op("copy", "/twin", from_="/a"), op("replace", "/twin/b", value=9))
    assert patched["a"]["b"] == 1


@pytest.mark.parametrize(
    "operation",
    [
        op("remove", "/none"),
        op("replace", "/a/none", value=1),
        op("add", "/none/deep", value=1),
        op("add", "/a/b/c", value=1),
        op("add", "/list/4", value=1),
        op("remove", "/list/-"),
        op("replace", "/list/x", value=1),
        op("replace", "/list/٣", value=1),
        op("add", "no/slash", value=1),
        op("copy", "/x", from_="/none"),
        {"op": "add", "value": 1},
        op("grow", "/a"),
    ],
)
def test_an_operation_that_cannot_be_done_is_invalid(operation: dict[str, Any]) -> None:
    with pytest.raises(ApiFailure) as refused:
        operated(operation)
    assert refused.value.code == 422


@pytest.mark.parametrize("operations", [{}, "x", [1], None])
def test_what_is_no_list_of_operations_is_a_bad_request(operations: Any) -> None:
    with pytest.raises(ApiFailure) as refused:
        apply_json_patch(DOCUMENT, operations)
    assert refused.value.code == 400


def test_ten_thousand_operations_are_the_most() -> None:
    with pytest.raises(ApiFailure) as refused:
        apply_json_patch(DOCUMENT, [op("test", "/a/b", value=1)] * 10_001)
    assert refused.value.code == 413


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": "text"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": 1}, [1], [1]),
        ({}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
    ],
)
def test_a_merge_patch_lays_fields_over_and_null_removes(
    target: Any, patch: Any, result: Any
) -> None:
    assert apply_merge_patch(target, patch) == result


@given(JSON, JSON)
def test_a_merge_patch_twice_is_the_same_as_once(target: Any, patch: Any) -> None:
    once = apply_merge_patch(target, patch)
    assert apply_merge_patch(once, patch) == once


def pod(*names: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": name, "image": f"{name}:1"} for name in names]
    return {"metadata": {"name": "demo"}, "spec": {"containers": containers, **spec}}


def strategic(patch: Any, current: dict[str, Any] | None = None) -> dict[str, Any]:
    given = pod("a", "b") if current is None else current
    return apply_strategic_patch(POD, given, patch)


def names_of(obj: dict[str, Any]) -> list[str]:
    return [each["name"] for each in obj["spec"]["containers"]]


def test_containers_are_merged_by_their_name() -> None:
    patched = strategic({"spec": {"containers": [{"name": "b", "image": "b:2"}]}})
    assert [each["image"] for each in patched["spec"]["containers"]] == ["a:1", "b:2"]


def test_a_new_container_stands_at_the_end() -> None:
    assert names_of(strategic({"spec": {"containers": [{"name": "c"}]}})) == ["a", "b", "c"]


def test_a_container_is_deleted_by_its_directive() -> None:
    patch = {"spec": {"containers": [{"name": "a", "$patch": "delete"}]}}
    assert names_of(strategic(patch)) == ["b"]


def test_a_list_is_replaced_by_its_directive() -> None:
    patch = {"spec": {"containers": [{"name": "c"}, {"$patch": "replace"}]}}
    assert names_of(strategic(patch)) == ["c"]


def test_an_element_without_its_key_is_refused() -> None:
    with pytest.raises(ApiFailure, match="does not contain declared merge key: name"):
        strategic({"spec": {"containers": [{"image": "x"}]}})


def test_the_order_of_a_list_can_be_told() -> None:
    patch = {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}
    assert names_of(strategic(patch)) == ["b", "a"]


def test_whom_the_order_does_not_name_stands_behind() -> None:
    patch = {"spec": {"$setElementOrder/containers": [{"name": "c"}]}}
    assert names_of(strategic(patch, pod("a", "b", "c"))) == ["c", "a", "b"]


def test_an_object_is_replaced_or_deleted_by_its_directive() -> None:
    current = pod("a", securityContext={"runAsUser": 1, "fsGroup": 2})
    context = {"$patch": "replace", "runAsUser": 3}
    replaced = strategic({"spec": {"securityContext": context}}, current)
    assert replaced["spec"]["securityContext"] == {"runAsUser": 3}
    gone = strategic({"spec": {"securityContext": {"$patch": "delete"}}}, current)
    assert "securityContext" not in gone["spec"]
    assert strategic({"$patch": "delete"}, current) == {}


def test_only_the_keys_to_retain_are_kept_beside_the_new_ones() -> None:
    current = pod("a", securityContext={"runAsUser": 1, "fsGroup": 2})
    patch = {"spec": {"securityContext": {"$retainKeys": ["fsGroup"], "fsGroup": 5}}}
    assert strategic(patch, current)["spec"]["securityContext"] == {"fsGroup": 5}


def test_plain_values_are_taken_from_a_list_and_added_once() -> None:
    current = pod("a")
    current["metadata"]["finalizers"] = ["one", "two"]
    less = strategic({"metadata": {"$deleteFromPrimitiveList/finalizers": ["one"]}}, current)
    assert less["metadata"]["finalizers"] == ["two"]
    more = strategic({"metadata": {"finalizers": ["two", "three"]}}, current)
    assert more["metadata"]["finalizers"] == ["one", "two", "three"]


def test_a_null_removes_a_field_and_labels_are_merged() -> None:
    current = pod("a", nodeName="n")
    current["metadata"]["labels"] = {"a": "1", "b": "2"}
    patch = {"metadata": {"labels": {"a": None, "c": "3"}}, "spec": {"nodeName": None}}
    patched = strategic(patch, current)
    assert patched["metadata"]["labels"] == {"b": "2", "c": "3"}
    assert "nodeName" not in patched["spec"]


@pytest.mark.parametrize(("schema", "patch", "code"), [("none", {}, 415), (POD, [], 400)])
def test_a_patch_that_no_schema_fits_is_refused(schema: str, patch: Any, code: int) -> None:
    with pytest.raises(ApiFailure) as refused:
        apply_strategic_patch(schema, pod("a"), patch)
    assert refused.value.code == code


def applied(current: Any, configuration: dict[str, Any], manager: str = "us") -> dict[str, Any]:
    return apply_configuration(POD, current, configuration, manager, "2026-11-22T10:00:00Z")


def test_what_a_manager_leaves_out_now_is_removed() -> None:
    first = applied(None, pod("a", "b", nodeName="n"))
    second = applied(first, pod("a"))
    assert names_of(second) == ["a"]
    assert "nodeName" not in second["spec"]


def test_what_another_manager_applied_too_stays() -> None:
    first = applied(None, pod("a", "b"), "us")
    both = applied(first, pod("b"), "them")
    ours = applied(both, pod("a"), "us")
    assert sorted(names_of(ours)) == ["a", "b"]
    managers = [each["manager"] for each in ours["metadata"]["managedFields"]]
    assert sorted(managers) == ["them", "us"]


def test_applying_the_same_again_changes_nothing() -> None:
    first = applied(None, pod("a"))
    again = apply_configuration(POD, first, pod("a"), "us", "2026-11-22T11:00:00Z")
    assert again == first


def test_what_nobody_applied_is_left_alone() -> None:
    first = applied(None, pod("a"))
    first["spec"]["nodeName"] = "given by the scheduler"
    assert applied(first, pod("a"))["spec"]["nodeName"] == "given by the scheduler"
