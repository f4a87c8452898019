"""What the embedded cluster's store promises to the API, the controllers and the node."""

from __future__ import annotations

import asyncio

import pytest

from console.localcluster.store import (
    HistoryExpired,
    ObjectChanged,
    ObjectExists,
    ObjectNotFound,
    Store,
)


def pod(name: str = "p", **meta: object) -> dict:
    return {
        "metadata": {"name": name, "namespace": "default"} | meta,
        "spec": {"nodeName": "n", "terminationGracePeriodSeconds": 5},
    }


def put_label(obj: dict) -> None:
    obj["metadata"]["labels"] = {"a": "b"}


def test_a_created_object_gets_an_identity_and_the_next_version():
    store = Store(first_version=10)
    created = store.create("pods", pod())
    meta = created["metadata"]
    assert (meta["resourceVersion"], meta["generation"]) == ("11", 1)
    assert meta["uid"]
    assert meta["creationTimestamp"].endswith("Z")


def test_a_generated_name_is_the_cut_prefix_and_five_characters():
    created = Store().create(
        "pods", {"metadata": {"generateName": "x" * 70 + "-", "namespace": "default"}}
    )
    assert len(created["metadata"]["name"]) == 63
    assert created["metadata"]["name"].startswith("x" * 58)


def test_a_name_is_free_in_another_namespace_only():
    store = Store()
    store.create("pods", pod())
    with pytest.raises(ObjectExists):
        store.create("pods", pod())
    store.create("pods", pod(namespace="other"))


def test_the_stored_object_is_not_the_callers():
    store, mine = Store(), pod()
    store.create("pods", mine)
    mine["spec"]["nodeName"] = "changed"
    assert store.get("pods", "default", "p")["spec"]["nodeName"] == "n"


def test_a_mutation_that_changes_nothing_leaves_the_version_alone():
    store = Store()
    before = store.create("pods", pod())
    assert store.mutate("pods", "default", "p", lambda o: None) is before


def test_an_update_with_an_old_version_or_a_foreign_uid_is_refused():
    store = Store()
    old = store.create("pods", pod())
    store.mutate("pods", "default", "p", put_label)
    with pytest.raises(ObjectChanged):
        store.update("pods", old)
    with pytest.raises(ObjectChanged):
        store.update("pods", pod(uid="somebody else"))


def test_generation_rises_with_the_spec_only():
    store = Store()
    store.create("pods", pod())
    assert store.mutate("pods", "default", "p", put_label)["metadata"]["generation"] == 1
    changed = store.mutate("pods", "default", "p", lambda o: o["spec"].update(x=1))
    assert changed["metadata"]["generation"] == 2


def test_identity_cannot_be_mutated():
    store = Store()
    uid = store.create("pods", pod())["metadata"]["uid"]
    assert (
        store.mutate("pods", "default", "p", lambda o: o["metadata"].update(uid="x"))["metadata"][
            "uid"
        ]
        == uid
    )


def test_a_placed_pod_stays_for_its_grace_until_the_node_removes_it():
    store = Store()
    store.create("pods", pod())
    left = store.mark_deleted("pods", "default", "p")
    assert left["metadata"]["deletionGracePeriodSeconds"] == 5
    store.mutate("pods", "default", "p", put_label)
    assert store.get("pods", "default", "p")
    store.remove("pods", "default", "p")
    with pytest.raises(ObjectNotFound):
        store.get("pods", "default", "p")


def test_a_second_deletion_can_only_shorten_the_grace():
    store = Store()
    store.create("pods", pod())
    store.mark_deleted("pods", "default", "p", grace_seconds=3)
    assert (
        store.mark_deleted("pods", "default", "p", grace_seconds=9)["metadata"][
            "deletionGracePeriodSeconds"
        ]
        == 3
    )
    store.mark_deleted("pods", "default", "p", grace_seconds=0)
    assert store.find("pods", "default", "p") is None


@pytest.mark.parametrize("change", [{"spec": {}}, {"status": {"phase": "Succeeded"}}])
def test_a_pod_without_node_or_with_a_final_phase_needs_no_grace(change: dict):
    store = Store()
    store.create("pods", pod() | change)
    store.mark_deleted("pods", "default", "p")
    assert store.find("pods", "default", "p") is None


def test_a_removed_pod_with_a_finalizer_goes_when_the_finalizer_goes():
    store = Store()
    store.create("pods", pod(finalizers=["batch.kubernetes.io/job-tracking"]))
    store.mark_deleted("pods", "default", "p")
    store.remove("pods", "default", "p")
    assert store.get("pods", "default", "p")["metadata"]["deletionGracePeriodSeconds"] == 0
    store.mutate("pods", "default", "p", lambda o: o["metadata"].update(finalizers=[]))
    assert store.find("pods", "default", "p") is None


def test_any_other_object_goes_with_its_last_finalizer():
    store = Store()
    store.create("jobs", {"metadata": {"name": "j", "namespace": "default"}})
    store.mark_deleted("jobs", "default", "j", finalizer="orphan")
    assert store.get("jobs", "default", "j")["metadata"]["finalizers"] == ["orphan"]
    store.mutate("jobs", "default", "j", lambda o: o["metadata"].pop("finalizers"))
    assert store.find("jobs", "default", "j") is None


async def test_a_subscriber_sees_every_change_of_its_resources_in_order():
    store = Store()
    with store.subscribe("pods") as changes:
        store.create("pods", pod())
        store.create("nodes", {"metadata": {"name": "n"}})
        store.mutate("pods", "default", "p", put_label)
        store.remove("pods", "default", "p")
        seen = [await anext(changes) for _ in range(3)]
    assert [c.type for c in seen] == ["ADDED", "MODIFIED", "DELETED"]
    assert [c.resource_version for c in seen] == sorted(c.resource_version for c in seen)
    assert seen[1].previous is seen[0].obj


async def test_a_cancelled_wait_for_a_change_loses_none():
    store = Store()
    with store.subscribe() as changes:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await anext(changes)
        store.create("pods", pod())
        assert (await anext(changes)).type == "ADDED"
        changes.close()
        assert [c async for c in changes] == []


def test_changes_older_than_the_history_are_expired():
    store = Store(first_version=10, history=3)
    for number in range(5):
        store.create("pods", pod(f"p{number}"))
    assert [c.resource_version for c in store.changes_since(12, "pods")] == [13, 14, 15]
    with pytest.raises(HistoryExpired):
        store.changes_since(11, "pods")


def test_a_version_of_an_earlier_life_is_expired():
    with pytest.raises(HistoryExpired):
        Store().changes_since(1234, "pods")
