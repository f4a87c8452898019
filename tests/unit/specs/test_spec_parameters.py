"""A template's parameters as the fields of a form, checked while somebody types."""

import pytest

from console.specs.parameters import as_value, parameters, problem
from console.specs.step_input import TEAM_NAME
from console.specs.template import parse_template
from console.specs.values import load_profile


@pytest.fixture
def fields(template, values):
    return {field.path: field for field in parameters(template, values)}


def test_every_value_that_a_launch_needs_is_a_field_and_the_team_s_name(template, fields):
    assert set(fields) == {*template.paths, TEAM_NAME}
    assert not fields[TEAM_NAME].required
    assert problem(fields[TEAM_NAME], "") == ""
    assert not [path for path in fields if path.startswith("workers.")]


def test_the_embedded_profile_fills_every_field_with_something_valid(fields):
    for field in fields.values():
        assert not field.required
        assert problem(field, str(field.default or "")) == ""
        assert field.help
        assert field.origin or field.path == TEAM_NAME


def test_a_real_cluster_s_profile_leaves_only_the_operator_s_images_open(template, leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    open_fields = {field.path for field in parameters(template, values) if field.required}
    assert open_fields == {
        "submission.submitted_image_uri",
        "cluster.leaderboard_image",
        "cluster.simulator_image",
    }


def test_numbers_that_the_template_writes_out_are_fields_too(fields, leaderboard):
    assert fields["job.backoff_limit"].default == 8
    assert fields["job.repetitions"].default == (5 if leaderboard == "1.0" else 1)
    assert fields["job.route_attempts"].default == 2
    assert fields["job.logs_period"].default == 1, "the embedded profile's"


def test_a_field_says_where_the_manifest_takes_it(fields):
    assert fields["submission.name"].used_at == ("metadata.name",)
    assert len(fields["cluster.simulator_image"].used_at) == 4


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("submission.name", "Demo"),
        ("submission.name", ""),
        ("submission.name", "a" * 64),
        ("submission.submitted_image_uri", "team image"),
        ("submission.submitted_image_uri", ""),
        ("submission.track_codename", "sensors"),
        ("submission.resume", "0"),
        ("job.repetitions", "0"),
        ("job.repetitions", "many"),
        ("job.backoff_limit", "-1"),
        ("shape.pairs", "65"),
        ("shape.layout", "two-pods"),
        ("shape.routes", "3;"),
        ("shape.split", "luck"),
        ("cluster.node_selector", "gpu"),
        ("cluster.gpus_per_node", "0"),
        ("cluster.instance_type", "g5 large"),
        ("submission.team_id", "a\nb"),
    ],
)
def test_what_cannot_be_launched_is_said_while_typing(fields, path, text):
    assert problem(fields[path], text).startswith(fields[path].label)


@pytest.mark.parametrize(
    "image",
    [
        "python:3",
        "team",
        "localhost:5000/a/b:1",
        "123456789.dkr.ecr.us-west-2.amazonaws.com/team-1/agent_x:v1.0-RC",
        "registry.example/a@sha256:" + "0" * 64,
        "[::1]:5000/x",
    ],
)
def test_images_of_every_usual_form_are_taken(fields, image):
    assert problem(fields["cluster.simulator_image"], image) == ""


@pytest.mark.parametrize(
    "image",
    ["Team/x:1", "a//b", "a:b:c", "-a", "a@sha256:12", "a b", "a:", "x" * 2000, "https://a/b"],
)
def test_images_that_no_kubelet_can_pull_are_not(fields, image):
    assert problem(fields["cluster.simulator_image"], image)


def test_text_of_a_form_becomes_the_kind_that_the_job_wants(fields):
    assert as_value(fields["job.repetitions"], "3") == 3
    assert as_value(fields["job.repetitions"], "x") == "x"
    assert as_value(fields["submission.submission_id"], "7") == "7"


def test_a_template_of_one_s_own_has_fields_too():
    text = "kind: Job\nspec:\n  backoffLimit.$: $.mine.how_often\n  suspend.$: $.mine.wait\n"
    fields = {field.path: field for field in parameters(parse_template(text, "own.yaml"))}
    field = fields["mine.how_often"]
    assert (field.label, field.kind, field.required) == ("How often", "integer", True)
    assert as_value(field, "4") == 4
    assert as_value(fields["mine.wait"], "true") is True
