"""What is remembered of Jobs between their events."""

from __future__ import annotations

import msgspec
import pytest

from console.cluster import decoding

MANY = 5000


def test_each_plan_is_taken_apart_once_however_many_jobs_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken_apart = []

    def plan_of(manifest: dict[str, dict[str, str]]) -> None:
        taken_apart.append(manifest["metadata"]["uid"])

    monkeypatch.setattr(decoding, "plan_of", plan_of)
    jobs = decoding.Jobs()
    for _ in range(2):
        for number in range(MANY):
            meta = {"name": "job", "namespace": "default", "uid": f"u{number}"}
            jobs(msgspec.json.encode({"metadata": meta, "spec": {}, "status": {}}))
    assert len(taken_apart) == len(set(taken_apart)) == MANY
