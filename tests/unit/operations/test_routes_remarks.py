"""What is said before a launch of a routes file that can be seen: what stays out, which towns lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import InvalidInput
from console.operations.submitting.routes_file import RoutesFile, read_routes, remarks
from console.specs.compose import compose
from console.specs.template import load_template
from console.specs.values import load_profile

WAY = '<waypoint x="0" y="0" z="0"/><waypoint x="90" y="0" z="0"/>'


def file_of(count: int, town: str = "Town12") -> RoutesFile:
    inside = f"<waypoints>{WAY}</waypoints>"
    routes = "".join(f'<route id="{n}" town="{town}">{inside}</route>' for n in range(count))
    return RoutesFile(f"<routes>{routes}</routes>".encode(), "The routes file x.xml")


def plan(**values: object):
    template, profile = load_template("2.0"), load_profile("embedded").values("2.0")
    chosen = profile.override(values, origin="test", known=template.paths)
    return compose(template, chosen, namespace="races").plan


def test_a_file_that_is_launched_whole_needs_no_word() -> None:
    assert remarks(plan(), file_of(20)) == ()


def test_routes_that_are_not_launched_are_counted() -> None:
    (told,) = remarks(plan(), file_of(26))
    assert told == (
        "20 of the file's 26 routes are launched: complete will not be all of it "
        "(The routes file x.xml)"
    )


def test_a_file_with_less_than_is_launched_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"x\.xml does not fit the launch") as refused:
        remarks(plan(), file_of(3))
    assert refused.value.why


@pytest.mark.parametrize("content", [b"", b"<routes>", b"\xff\xfe\x00", b"<other/>"])
def test_what_is_no_routes_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        remarks(plan(), RoutesFile(content, "The routes file x.xml"))


def test_of_an_image_that_nobody_knows_no_town_is_said_to_lack() -> None:
    own = plan(**{"cluster.simulator_image": "registry.example/own:1"})
    assert remarks(own, file_of(20, "Town99")) == ()


def test_a_town_that_a_public_image_lacks_is_named_with_its_routes() -> None:
    public = plan(**{"cluster.simulator_image": "carlasim/carla:0.9.15"})
    (told,) = remarks(public, file_of(20, "Town99"))
    assert told.endswith("lacks towns of the launched routes: Town99 (20 routes)")


def test_a_copy_on_disk_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "routes.xml"
    path.write_bytes(file_of(20).content)
    found = read_routes(str(path))
    assert found.content == file_of(20).content
    assert "routes.xml" in found.name


@pytest.mark.parametrize("name", ["nowhere.xml", "."])
def test_a_copy_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="routes file"):
        read_routes(str(tmp_path / name))
