"""What is remembered of Jobs between their events."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from fakes.counted_plans import taken_apart

from console.cluster import decoding, plans
from console.specs.compose import compose, load_template
from console.specs.plan import plan_of
from console.specs.values import load_profile

MANY = 5000


def test_each_plan_is_taken_apart_once_however_many_jobs_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken_apart = []

    def plan_of(manifest: dict[str, dict[str, str]]) -> None:
        taken_apart.append(manifest["metadata"]["uid"])

    monkeypatch.setattr(plans, "plan_of", plan_of)
    jobs = decoding.Jobs()
    for _ in range(2):
        for number in range(MANY):
            meta = {"name": "job", "namespace": "default", "uid": f"u{number}"}
            jobs.one(msgspec.json.encode({"metadata": meta, "spec": {}, "status": {}}))
    assert len(taken_apart) == len(set(taken_apart)) == MANY


def _job(name: str, nonce: str, **more: str) -> dict[str, Any]:
    template = load_template("2.0")
    values = load_profile("embedded").values("2.0")
    told = {
        "submission.name": name,
        **{key.replace("__", "."): value for key, value in more.items()},
    }
    values = values.override(told, origin="test", known=template.paths)
    manifest = compose(template, values, namespace="default", nonce=nonce).manifest
    manifest["metadata"] |= {"uid": name, "namespace": "races"}
    return manifest


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    return [
        _job("team-1", "n1"),
        _job("team-2", "n2"),
        _job("team-3", "n3", submission__submitted_image_uri="registry.example.com/team-3:1"),
        _job("team-4", "n4", cluster__simulator_image="registry.example.com/carla:team-4"),
        _job("team-5", "n5", submission__track_codename="MAP"),
        _job("team-6", "n6", submission__submission_id="306", submission__team_id="42"),
        _job("team-7", "n7", submission__submission_id="307", submission__team_id="é"),
    ]


@pytest.mark.parametrize("step", [1, -1], ids=["first to last", "last to first"])
def test_a_plan_is_the_same_whether_its_shape_was_read_before_or_not(
    manifests: list[dict[str, Any]], step: int
) -> None:
    jobs = decoding.Jobs()
    for manifest in manifests[::step]:
        read = jobs.one(msgspec.json.encode({"status": {}, **manifest})).plan
        assert read == plan_of(manifest)


def test_jobs_of_one_shape_are_taken_apart_once(
    manifests: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = taken_apart(monkeypatch)
    jobs = decoding.Jobs()
    for manifest in manifests:
        jobs.one(msgspec.json.encode({"status": {}, **manifest}))
    assert names == ["team-1", "team-5"]


def test_a_pair_that_differs_in_one_variable_is_another_shape(
    manifests: list[dict[str, Any]],
) -> None:
    jobs = decoding.Jobs()
    jobs.one(msgspec.json.encode({"status": {}, **manifests[0]}))
    other = copy.deepcopy(manifests[1])
    for container in other["spec"]["template"]["spec"]["containers"]:
        for each in container.get("env", []):
            if each["name"] == "CARLA_PORT":
                each["value"] = str(int(each["value"]) + 1000)
    read = jobs.one(msgspec.json.encode({"status": {}, **other})).plan
    assert read == plan_of(other)
    assert read is not None
    assert read.pairs[0].carla_port == plan_of(manifests[0]).pairs[0].carla_port + 1000


def _with_image(name: str, image: str) -> bytes:
    manifest = copy.deepcopy(_job(name, "n9"))
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = "MARK"
    return msgspec.json.encode({"status": {}, **manifest}).replace(b"MARK", image.encode())


@pytest.mark.parametrize("image", ["a\\u002fb", 'a\\"b', "\\u0031", "", "7", "é"])
def test_an_image_that_is_written_strangely_is_read_as_it_is(image: str) -> None:
    jobs = decoding.Jobs()
    for name in ("team-1", "team-2"):
        raw = _with_image(name, image)
        assert jobs.one(raw).plan == plan_of(msgspec.json.decode(raw))


def test_two_jobs_that_exchange_their_names_for_their_config_maps_are_told_apart() -> None:
    jobs = decoding.Jobs()
    for name in ("team-1", "team-2"):
        manifest = _job(name, "n1")
        raw = msgspec.json.encode({"status": {}, **manifest})
        jobs.one(raw)
        swapped = raw.replace(f'"{name}-workers"'.encode(), b'"other-workers"')
        swapped = swapped.replace(f'"uid":"{name}"'.encode(), b'"uid":"x-%s"' % name.encode())
        read = jobs.one(swapped).plan
        assert read == plan_of(msgspec.json.decode(swapped))


def test_a_number_that_only_another_container_has_is_not_the_teams() -> None:
    jobs = decoding.Jobs()
    for name, number in (("team-1", ""), ("team-2", "7")):
        manifest = _job(name, "n1")
        for container in manifest["spec"]["template"]["spec"]["containers"]:
            env = [each for each in container.get("env", []) if each["name"] != "TEAM_ID"]
            own = {"name": "TEAM_ID", "value": number}
            container["env"] = [*env, own] if container["name"] == "agent-1" else env
        read = jobs.one(msgspec.json.encode({"status": {}, **manifest})).plan
        assert read == plan_of(manifest)
        assert read is not None
        assert read.team_id == ""
