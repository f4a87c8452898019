"""The Job of a bundle for a team is still the submission that it was, whatever its layout."""

from __future__ import annotations

import pytest

from console.operations.bundling.cleaned_manifest import cleaned_manifest
from console.operations.bundling.platform_names import PlatformNames
from console.operations.bundling.redaction import Redaction
from console.specs.compose import compose, load_template
from console.specs.plan import plan_of
from console.specs.values import load_profile


@pytest.mark.parametrize("layout", ["one-pod", "pod-per-pair"])
def test_its_pairs_its_routes_and_its_budget_are_read_from_it(layout: str) -> None:
    template, values = load_template("2.0"), load_profile("embedded").values("2.0")
    values = values.override({"shape.layout": layout}, origin="test", known=template.paths)
    job = compose(template, values, nonce="n", files={"pair_supervisor.sh": ""}).manifest
    cleaned = plan_of(cleaned_manifest(job, Redaction(PlatformNames((), ("demo",)))))
    whole = plan_of(job)
    for what in ("layout", "pairs", "drives", "backoff_limit", "containers"):
        assert getattr(cleaned, what) == getattr(whole, what)
