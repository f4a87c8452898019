"""Image references: their parts, and what a runtime takes for a registry."""

import pytest

from console.kubernetes_grammar.image_references import ImageParts, image_parts, is_registry

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("python", ImageParts("", "python", "", "")),
        ("python:3.12", ImageParts("", "python", "3.12", "")),
        ("team/agent", ImageParts("team", "agent", "", "")),
        ("localhost:5000/a/b:c", ImageParts("localhost:5000", "a/b", "c", "")),
        ("[::1]:5000/x", ImageParts("[::1]:5000", "x", "", "")),
        (f"registry.example/a:1@{DIGEST}", ImageParts("registry.example", "a", "1", DIGEST)),
    ],
)
def test_a_reference_is_taken_apart_as_it_is_spelt(text, parts):
    assert image_parts(text) == parts


@pytest.mark.parametrize("text", ["", "a//b", "a:", "a b", "-a", "A", "a@sha256:12", "a" * 1025])
def test_what_is_no_reference_has_no_parts(text):
    assert image_parts(text) is None


@pytest.mark.parametrize(
    ("domain", "registry"),
    [
        ("docker.io", True),
        ("host:5000", True),
        ("localhost", True),
        ("Team", True),
        ("team", False),
        ("", False),
    ],
)
def test_a_registry_has_a_dot_a_port_or_upper_case_or_is_this_machine(domain, registry):
    assert is_registry(domain) is registry


def test_path_is_domain_and_name_as_they_were_written():
    assert image_parts("team/agent:1").path == "team/agent"
    assert image_parts("python:3").path == "python"
