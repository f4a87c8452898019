"""What a launch leaves out of the routes file is told before it, where the file can be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import paths
from console.cli.main import main


def routes_file(folder: Path, routes: int) -> str:
    path = folder / "routes_testing.xml"
    path.write_text("<routes>" + "".join(f'<route id="{n}"/>' for n in range(routes)) + "</routes>")
    return str(path)


@pytest.mark.parametrize("command", [("render",), ("launch", "--dry-run", "client")])
def test_a_file_with_more_routes_is_told_with_both_numbers(tmp_path, capsys, command) -> None:
    file = routes_file(tmp_path, 26)
    flags = ("--local", "--leaderboard", "1.0", "--routes", file, "--routes", "0-19")
    assert main((*command, *flags)) == 0
    assert "warning: 20 of the file's 26 routes are launched" in capsys.readouterr().err


def test_towns_that_a_public_image_lacks_are_told_with_their_routes(tmp_path, capsys) -> None:
    towns = ("Town12", "Town01", "Town13", "Town13")
    routes = "".join(f'<route id="{n}" town="{towns[n % 4]}"/>' for n in range(20))
    path = tmp_path / "routes.xml"
    path.write_text(f"<routes>{routes}</routes>")
    image = ("--set", "cluster.simulator_image=carlasim/carla:0.9.14")
    assert main(("render", "--local", *image, "--routes", str(path))) == 0
    told = capsys.readouterr().err
    assert "carlasim/carla:0.9.14 lacks towns of the launched routes" in told
    assert "Town13 (10 routes), Town12 (5 routes)" in told
    assert "Town01" not in told


def test_a_file_that_is_driven_whole_needs_no_word(tmp_path, capsys) -> None:
    assert main(("render", "--local", "--routes", routes_file(tmp_path, 20))) == 0
    assert "routes" not in capsys.readouterr().err


def test_a_file_alone_is_driven_whole_by_its_ids_and_in_its_order(tmp_path, capsys) -> None:
    path = tmp_path / "bench.xml"
    ids = (1711, 1773, 2050, 1825, 24041, 3086)
    path.write_text("<routes>" + "".join(f'<route id="{n}"/>' for n in ids) + "</routes>")
    flags = ("--local", "--dry-run", "client", "-o", "json", "--pairs", "3")
    assert main(("launch", *flags, "--routes", str(path))) == 0
    told = capsys.readouterr()
    assert '"1711,1773;2050,1825;24041,3086"' in told.out
    assert "warning" not in told.err


def test_two_files_or_two_selections_are_refused(tmp_path, capsys) -> None:
    file = routes_file(tmp_path, 12)
    assert main(("render", "--local", "--routes", file, "--routes", file)) == 2
    assert main(("render", "--local", "--routes", "1", "--routes", "2-3")) == 2
    assert "Put commas between them" in capsys.readouterr().err


def test_routes_go_by_the_embedded_cluster_s_own_file_where_none_is_named(capsys) -> None:
    assert main(("render", "--local", "--routes", "15-25")) == 2
    assert "route 25 is not in the routes file" in capsys.readouterr().err


def test_a_file_without_the_launched_routes_is_refused(tmp_path, capsys) -> None:
    asked = ("--routes", routes_file(tmp_path, 12), "--routes", "0-19")
    assert main(("render", "--local", *asked)) == 2
    told = capsys.readouterr().err
    assert "route 19 is not in the routes file" in told
    assert "Traceback" not in told
    assert main(("render", "--local", "--routes", str(tmp_path / "none.xml"))) == 2


def test_the_embedded_cluster_s_own_images_are_looked_into(tmp_path, capsys) -> None:
    text = (paths.job_specs() / "leaderboard_2.0.yaml").read_text().replace("15-19", "15-17")
    (tmp_path / "own.yaml").write_text(text)
    assert main(("render", "--local", "--spec", str(tmp_path / "own.yaml"))) == 0
    told = capsys.readouterr().err
    assert "18 of the file's 20 routes are launched" in told
    assert "console.local/leaderboard:2.0" in told
