"""Tracks by version: which there are, which are refused, and which routes file each drives."""

import copy

import pytest

from console.specs.compose import compose, load_template
from console.specs.parameters import parameters, problem
from console.specs.template import parse_template
from console.specs.validation import validate, validate_manifest
from console.specs.values import load_profile

QUALIFIERS = ("SENSORS_QUALIFIER", "MAP_QUALIFIER")


def composed(leaderboard, track, text=None):
    template = parse_template(text, "own.yaml") if text else load_template(leaderboard)
    values = load_profile("embedded").values(leaderboard)
    said = {"submission.track_codename": track}
    return compose(template, values.override(said, origin="--set", known=template.paths))


def routes(made):
    return {
        container["name"]: variable["value"].rpartition("/")[2]
        for container in made.manifest["spec"]["template"]["spec"]["containers"]
        for variable in container["env"]
        if variable["name"] == "ROUTES"
    }


@pytest.mark.parametrize("track", [*QUALIFIERS, "sensors", "LIDAR"])
def test_a_track_that_leaderboard_one_lacks_is_refused_with_those_it_has(track):
    (found,) = validate(composed("1.0", track))
    assert found.severity == "error"
    assert found.what == f"Leaderboard 1.0 has no track '{track}': every route would fail."
    assert found.fix == "Its tracks are SENSORS and MAP."


@pytest.mark.parametrize("track", ["SENSORS", "MAP"])
def test_the_other_tracks_drive_the_testing_routes(track, leaderboard):
    made = composed(leaderboard, track)
    assert validate(made) == ()
    assert set(routes(made).values()) == {"routes_testing.xml"}


@pytest.mark.parametrize("track", QUALIFIERS)
def test_a_qualifier_of_leaderboard_two_drives_its_own_routes_in_every_container(track):
    made = composed("2.0", track)
    assert validate(made) == ()
    assert routes(made) == dict.fromkeys(
        ["agent-1", "agent-2", "agent-3", "agent-4", "logcopy"], "routes_qualifier.xml"
    )
    assert made.plan.track == track


def test_a_routes_file_of_one_s_own_is_driven_whatever_the_track(template_text):
    text = template_text.replace("routes_testing.xml", "routes_mine.xml")
    assert set(routes(composed("2.0", "MAP_QUALIFIER", text)).values()) == {"routes_mine.xml"}


@pytest.mark.parametrize(
    ("track", "file"),
    [("MAP", "routes_qualifier.xml"), ("MAP_QUALIFIER", "routes_testing.xml")],
)
def test_a_track_with_the_other_s_routes_is_found(track, file):
    job = copy.deepcopy(composed("2.0", track).manifest)
    for container in job["spec"]["template"]["spec"]["containers"]:
        for variable in container["env"]:
            if variable["name"] == "ROUTES":
                variable["value"] = variable["value"].rpartition("/")[0] + "/" + file
    assert f"agent-3 has the track {track} and the routes of {file}." in {
        finding.what for finding in validate_manifest(job)
    }


def test_agents_of_one_submission_have_one_track():
    job = copy.deepcopy(composed("2.0", "MAP").manifest)
    agent = job["spec"]["template"]["spec"]["containers"][3]
    track = next(each for each in agent["env"] if each["name"] == "CHALLENGE_TRACK_CODENAME")
    track["value"] = "SENSORS"
    assert "The track of agent-1 is MAP, of agent-2 SENSORS." in {
        finding.what for finding in validate_manifest(job)
    }


def test_a_form_offers_the_version_s_tracks_and_takes_no_other(leaderboard):
    values = load_profile("embedded").values(leaderboard)
    fields = {each.path: each for each in parameters(load_template(leaderboard), values)}
    track = fields["submission.track_codename"]
    offered = ("SENSORS", "MAP") if leaderboard == "1.0" else ("SENSORS", "MAP", *QUALIFIERS)
    assert track.choices == offered
    wrong = problem(track, "MAP_QUALIFIER")
    assert wrong == ("Track is one of SENSORS, MAP." if leaderboard == "1.0" else "")
