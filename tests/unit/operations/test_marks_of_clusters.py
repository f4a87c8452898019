"""EvalAI is told which cluster has launched: two that share an address are told apart."""

from __future__ import annotations

import pytest

from console.operations.intake.told_running import is_everybodys, mark_in, mark_of, told_name
from console.operations.ports.cluster import ClusterDescription, WayIn

INSIDE = WayIn(inside=True)


@pytest.mark.parametrize(
    ("server", "way"),
    [
        ("https://127.0.0.1:6443", WayIn()),
        ("https://[::1]:6443", WayIn()),
        ("https://localhost:6443", WayIn()),
        ("https://0.0.0.0:6443", WayIn()),
        ("https://kubernetes.default.svc", WayIn()),
        ("https://10.96.0.1:443", INSIDE),
    ],
)
def test_behind_a_tunnel_each_machine_has_clusters_of_its_own(server, way) -> None:
    here = ClusterDescription("kind", server, "races", way=way)
    assert is_everybodys(here)
    assert mark_of(here, "laptop") != mark_of(here, "desk")
    assert mark_of(here, "laptop") == mark_of(here, "laptop")
    other = ClusterDescription("lab", server, "races", way=way)
    assert mark_of(here, "laptop") != mark_of(other, "laptop")


@pytest.mark.parametrize("server", ["https://abc.eks.amazonaws.com", "https://10.0.0.7:6443"])
def test_a_cluster_with_an_address_of_its_own_is_the_same_from_everywhere(server) -> None:
    here, there = (ClusterDescription(each, server, "races") for each in ("prod", "eks"))
    assert mark_of(here, "laptop") == mark_of(there, "desk")
    assert mark_in(told_name("Demo", mark_of(here, "laptop"), "U-1")) == mark_of(there, "desk")
