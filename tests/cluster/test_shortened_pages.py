"""A page of Jobs whose templates are known already tells what each Job tells alone."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import msgspec
import pytest
from fakes.counted_plans import taken_apart
from hypothesis import given
from hypothesis import strategies as st

from console.cluster import decoding, plans, wire
from console.domain.facts import JobFacts
from console.specs.compose import compose, load_template
from console.specs.plan import RESUMES_ANNOTATION
from console.specs.values import load_profile

OTHERS = {
    "another image": {"submission.submitted_image_uri": "registry.example.com/other:1"},
    "another track": {"submission.track_codename": "MAP"},
    "alike": {},
}


@cache
def composed(other: str, nonce: str) -> dict[str, Any]:
    template = load_template("2.0")
    told = {"submission.name": "team", **OTHERS[other]}
    values = load_profile("embedded").values("2.0")
    values = values.override(told, origin="test", known=template.paths)
    return compose(template, values, namespace="races", nonce=nonce).manifest


def job(name: str, other: str = "alike", nonce: str = "n1") -> dict[str, Any]:
    raw = msgspec.json.encode(composed(other, nonce)).replace(b"team-workers", b"%s-workers")
    made: dict[str, Any] = msgspec.json.decode(raw.replace(b"%s", name.encode()))
    own = {"name": name, "uid": name, "namespace": "races"}
    return {**made, "metadata": {**made["metadata"], **own}, "status": {}}


def page(jobs: list[dict[str, Any]]) -> bytes:
    return msgspec.json.encode({"metadata": {"resourceVersion": "1"}, "items": jobs})


def read(reading: decoding.Jobs, raw: bytes) -> list[JobFacts]:
    return [reading.facts(each) for each in reading.page(raw).items or ()]


def alone(jobs: list[dict[str, Any]]) -> list[JobFacts]:
    return [decoding.Jobs().one(msgspec.json.encode(each)) for each in jobs]


def resumes(made: dict[str, Any]) -> None:
    made["metadata"]["annotations"] = {RESUMES_ANNOTATION: "team-0"}


def quoted(made: dict[str, Any]) -> None:
    """As `kubectl apply` keeps the whole Job in an annotation."""
    text = msgspec.json.encode(made).decode()
    made["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": text}


def managed(made: dict[str, Any]) -> None:
    fields = {"f:spec": {"f:template": {"f:spec": {}, "spec": made["spec"]["template"]["spec"]}}}
    made["metadata"]["managedFields"] = [{"manager": "kubectl", "fieldsV1": fields}]


def of_another(made: dict[str, Any]) -> None:
    """It mounts another Job's ConfigMap."""
    text = msgspec.json.encode(made["spec"]).replace(b"-workers", b"x-workers")
    made["spec"] = msgspec.json.decode(text)


def escaped(made: dict[str, Any]) -> None:
    made["spec"]["template"]["spec"]["containers"][0]["image"] = 'a"b\\'


def cut_short(made: dict[str, Any]) -> None:
    del made["spec"]["template"]["spec"]["containers"][-1]


def as_is(made: dict[str, Any]) -> None:
    del made


CHANGES = st.sampled_from([as_is, as_is, resumes, quoted, managed, of_another, escaped, cut_short])
KINDS = st.tuples(st.sampled_from(sorted(OTHERS)), st.sampled_from(["n1", "n-2_"]), CHANGES)


@given(st.lists(st.lists(KINDS, min_size=1, max_size=3), min_size=2, max_size=3))
def test_pages_tell_what_each_job_tells_alone(pages: list[list[Any]]) -> None:
    reading, number = decoding.Jobs(), 0
    for kinds in pages:
        jobs = []
        for other, nonce, change in kinds:
            number += 1
            made = copy.deepcopy(job(f"team-{number}", other, nonce))
            change(made)
            jobs.append(made)
        assert read(reading, page(jobs)) == alone(jobs)


def test_a_template_that_looks_like_a_mark_is_no_plan() -> None:
    reading = decoding.Jobs()
    read(reading, page([job("team-1")]))
    forged = job("team-2")
    forged["spec"]["template"]["spec"] = {"0" * 32 + " 0": ["n1", "team-2-workers"]}
    assert [each.plan for each in read(reading, page([forged]))] == [None]


def test_of_a_second_page_no_known_template_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = taken_apart(monkeypatch)
    reading = decoding.Jobs()
    for number in range(3):
        read(reading, page([job(f"team-{number}-{each}") for each in range(3)]))
    assert names == ["team-0-0"]


def test_a_known_template_is_most_of_what_a_second_page_leaves_out() -> None:
    known = plans.Plans()
    first, second = (page([job(f"team-{each}")]) for each in (1, 2))
    assert known.shortened(first) == first
    for each in msgspec.json.decode(first, type=wire.Page[wire.Job]).items or ():
        known.of(each)
    assert len(known.shortened(second)) < len(second) / 4


@pytest.mark.parametrize(
    "told",
    [b"", b"{}", b"[" * 100_000, b'{"metadata":7}', b'{"metadata":{"labels":"\xff"}}', b"1" * 9999],
)
def test_a_first_job_that_is_none_is_refused_as_every_other(told: bytes) -> None:
    with pytest.raises(decoding.DecodingFailed):
        decoding.Jobs().page(b'{"items":[%s,{"metadata":{}}]}' % told)


def test_a_first_job_is_met_in_a_page_that_is_indented_too() -> None:
    reading = decoding.Jobs()
    jobs = [job(f"team-{each}") for each in range(3)]
    assert read(reading, msgspec.json.format(page(jobs))) == alone(jobs)
