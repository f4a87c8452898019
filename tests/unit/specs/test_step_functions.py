"""The exported state fits into upstream's state machine and makes a Job that needs nothing else."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path

import pytest
from fakes.state_machine import FIRST_STEP, payload_of
from statelint.config import Config
from statelint.linter import Linter
from statelint.problem import ProblemType

from console import paths
from console.cli.main import main
from console.errors import InvalidInput
from console.specs.compose import load_template, parse_template
from console.specs.plan import plan_of
from console.specs.step_functions import step_functions_state
from console.specs.step_input import TEAM_ANNOTATION, TOLD
from console.specs.validation import validate_manifest
from console.specs.values import Values, load_profile

UPSTREAM = Path(__file__).parents[2] / "data" / "upstream" / "step_function.json"


@pytest.fixture(scope="module")
def upstream():
    return json.loads(UPSTREAM.read_text())


@pytest.fixture
def state(template, leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    return json.loads(json.dumps(step_functions_state(template, values)))


def job_of(state, document=FIRST_STEP):
    return payload_of(state["Parameters"], document)["Job"]


def init_of(job):
    return job["spec"]["template"]["spec"]["initContainers"][0]


def faults(machine):
    """All but two of upstream's own: a rate written as 2, and a path with a dash."""
    told = Linter.validate(machine, Config(ignored_problem_types=[ProblemType.FLOAT]))
    return [each for each in told if ":or" not in each]


def test_upstream_s_machine_with_our_states_in_it_is_valid_states_language(upstream):
    machine = copy.deepcopy(upstream)
    for version, name in (("1.0", "EKS RunJob L1"), ("2.0", "EKS RunJob L2")):
        values = load_profile("g5.12xlarge").values(version)
        machine["States"][name] = step_functions_state(load_template(version), values)
    assert faults(machine) == []


def test_the_validator_would_see_a_broken_path_and_a_state_that_is_not_there(upstream, state):
    machine = copy.deepcopy(upstream)
    state["Parameters"]["Job"]["metadata"]["name.$"] = "$submission name"
    state["Next"] = "Nowhere"
    machine["States"]["EKS RunJob L2"] = state
    assert len(faults(machine)) == 2


def test_the_state_goes_on_as_upstream_s_own_whatever_becomes_of_the_job(upstream, state):
    theirs = upstream["States"]["EKS RunJob L1"]
    for key in ("Type", "Resource", "Next", "ResultPath", "Catch"):
        assert state[key] == theirs[key], key
    assert "End" not in state
    for key in ("ClusterName.$", "Endpoint.$", "CertificateAuthority.$"):
        assert state["Parameters"][key] == theirs["Parameters"][key]


def test_the_job_is_sent_where_upstream_removes_it(upstream, state):
    where = upstream["States"]["EKS RemoveJob"]["Parameters"]["Path.$"]
    assert f"/namespaces/{state['Parameters']['Namespace']}/jobs/" in where
    assert "namespace" not in state["Parameters"]["Job"]["metadata"]


def test_every_path_is_one_that_upstream_s_first_step_tells(state):
    text = json.dumps(state)
    job_of(state)
    assert "$.workers" not in text
    assert "$.eks" not in text
    assert "instance_type" not in text
    assert "auth_token" not in text.replace('"key": "auth_token"', "")
    assert "t0p-secret" not in json.dumps(job_of(state))


def test_the_document_s_values_arrive_where_a_launch_puts_them(template, state):
    job = job_of(state)
    assert validate_manifest(job) == ()
    plan = plan_of(job)
    assert plan.name == "submission-77"
    assert plan.drives.subsets == ("0-4", "5-9", "10-14", "15-19")
    assert plan.images.agent == "registry.example/team:1"
    assert job["metadata"]["annotations"][TEAM_ANNOTATION] == "Tür 🚀 & {Söhne}'s"


@pytest.mark.parametrize(
    ("track", "routes"),
    [
        ("SENSORS", "routes_testing.xml"),
        ("MAP", "routes_testing.xml"),
        ("SENSORS_QUALIFIER", "routes_qualifier.xml"),
        ("MAP_QUALIFIER", "routes_qualifier.xml"),
    ],
)
def test_the_state_takes_the_routes_file_of_the_track_that_it_is_told(track, routes):
    values = load_profile("g5.12xlarge").values("2.0")
    document = copy.deepcopy(FIRST_STEP)
    document["submission"]["track_codename"] = track
    job = job_of(step_functions_state(load_template("2.0"), values), document)
    told = [
        each["value"]
        for container in job["spec"]["template"]["spec"]["containers"]
        for each in container["env"]
        if each["name"] == "ROUTES"
    ]
    agents = [f"/workspace/leaderboard/data/{routes}"] * 4
    assert told == [*agents, f"/utils/leaderboard/data/{routes}"]
    assert validate_manifest(job) == ()


def test_each_execution_draws_a_nonce_of_its_own(state):
    one, two = plan_of(job_of(state)).nonce, plan_of(job_of(state)).nonce
    assert len(one) == 36
    assert one != two


def test_the_workers_programs_come_out_of_the_job_s_own_arguments(state, tmp_path):
    """Unpacked by the init container's own command, with a stand-in for what it runs next."""
    job = job_of(state)
    assert "configMap" not in json.dumps(job)
    init = init_of(job)
    command = [word.replace("/opt/leaderboard-console", str(tmp_path)) for word in init["command"]]
    command[2] = command[2].replace(f"exec /bin/sh {tmp_path}/private_contents.sh", "echo begun")
    assert all(len(word) < 128 * 1024 for word in init["args"])
    told = subprocess.run([*command, *init["args"]], capture_output=True, text=True, check=True)
    assert told.stdout == "begun\n"
    found = {
        str(path.relative_to(tmp_path)): path.read_text()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == paths.worker_files()


def test_programs_that_do_not_arrive_whole_start_nothing(state, tmp_path):
    init = init_of(job_of(state))
    command = [word.replace("/opt/leaderboard-console", str(tmp_path)) for word in init["command"]]
    told = subprocess.run([*command, init["args"][0]], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "base64, gzip or tar" in told.stderr


def test_nobody_but_the_init_container_can_write_the_programs(state):
    spec = job_of(state)["spec"]["template"]["spec"]
    volume = next(v for v in spec["volumes"] if v["name"] == "workers")
    assert volume == {"name": "workers", "emptyDir": {}}
    for container in spec["containers"]:
        mounts = [m for m in container["volumeMounts"] if m["name"] == "workers"]
        assert all(mount["readOnly"] for mount in mounts), container["name"]


def test_an_export_is_the_same_each_time(template, leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    assert step_functions_state(template, values) == step_functions_state(template, values)


def test_a_value_inside_a_text_becomes_a_format_with_its_braces_kept(template_text, leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    template = parse_template(template_text, "own.yaml")
    exported = step_functions_state(
        template,
        values.override(
            {"cluster.instance_type": "${it's} ⟦submission.name⟧ \\"},
            origin="test",
            known=template.paths,
        ),
    )
    selector = job_of(exported)["spec"]["template"]["spec"]["nodeSelector"]
    assert selector == {"node.kubernetes.io/instance-type": "${it's} submission-77 \\"}


def test_a_job_that_no_state_can_carry_is_refused(template, leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    noise = "".join(map(chr, range(0x4E00, 0x9F00)))
    with pytest.raises(InvalidInput, match="bytes"):
        step_functions_state(template, values, files={"a": noise * 6})
    own = parse_template("apiVersion: batch/v1\nkind: Job\nspec: {template: {}}", "own.yaml")
    with pytest.raises(InvalidInput, match="no init container"):
        step_functions_state(own, Values({}))


def test_a_job_by_claims_is_refused_with_the_field_and_what_works(capsys):
    """A state makes one Job; their template would have to be there before it."""
    assert main(("render", "--step-functions", "--set", "cluster.gpus=claims")) == 2
    told = capsys.readouterr().err
    assert "a template of them beside it" in told
    assert "Set cluster.gpus to limits or shared" in told


def test_shares_of_gpus_go_with_the_state_and_need_nothing_beside_it(upstream, capsys):
    machine = copy.deepcopy(upstream)
    flags = ("--set", "cluster.gpus=shared", "--set", "cluster.gpu_resource=example.com/share")
    assert main(("render", "--step-functions", *flags)) == 0
    state = json.loads(capsys.readouterr().out)
    job = job_of(state)
    assert validate_manifest(job) == ()
    spec = job["spec"]["template"]["spec"]
    asked = [each.get("resources", {}).get("limits", {}) for each in spec["containers"]]
    assert sum(int(each.get("example.com/share", 0)) for each in asked) == 8
    assert "nvidia.com/gpu" not in json.dumps(job)
    assert "resourceClaims" not in spec
    machine["States"]["EKS RunJob L2"] = state
    assert faults(machine) == []


@pytest.mark.parametrize("path", [path for path in TOLD if path != "submission.team_name"])
def test_what_the_machine_tells_cannot_be_said_beforehand(capsys, path):
    assert main(("render", "--step-functions", "--set", f"{path}=x")) == 2
    assert path in capsys.readouterr().err


def test_what_the_machine_does_not_tell_is_written_out(capsys):
    flags = ("--set", "cluster.instance_type=p4d.24xlarge", "--resumes", "5", "-n", "races")
    assert main(("render", "--step-functions", *flags)) == 0
    parameters = json.loads(capsys.readouterr().out)["Parameters"]
    job = parameters["Job"]
    assert parameters["Namespace"] == "races"
    assert job["spec"]["backoffLimit"] == 11
    assert job["spec"]["template"]["spec"]["nodeSelector"] == {
        "node.kubernetes.io/instance-type": "p4d.24xlarge"
    }


def test_a_state_s_logcopy_is_told_where_upstream_publishes_and_which_secret_has_the_token(
    template, leaderboard
):
    values = load_profile("g5.12xlarge").values(leaderboard)

    def published(values):
        job = job_of(json.loads(json.dumps(step_functions_state(template, values))))
        logcopy = job["spec"]["template"]["spec"]["containers"][-1]
        env = {each["name"]: each for each in logcopy["env"]}
        return env, env["EVALAI_AUTH_TOKEN"]["valueFrom"]["secretKeyRef"]

    env, token = published(values)
    assert env["S3_BUCKET"]["value"] == FIRST_STEP["aws"]["s3_bucket"]
    assert env["DYNAMODB_SUBMISSIONS_TABLE"]["value"] == "leaderboard-20"
    assert env["EVALAI_API_SERVER"]["value"] == FIRST_STEP["evalai"]["api_server"]
    assert token == {"name": "evalai", "key": "auth_token", "optional": True}
    own = {"evalai.auth_secret": "hosts-token"}
    _, named = published(values.override(own, origin="--set", known=template.paths))
    assert named["name"] == "hosts-token"


@pytest.mark.parametrize("name", ["Secret_1", "a/b", 7])
def test_a_secret_that_no_cluster_can_have_makes_no_state(template, leaderboard, name):
    values = load_profile("g5.12xlarge").values(leaderboard)
    wrong = values.override({"evalai.auth_secret": name}, origin="--set", known=template.paths)
    with pytest.raises(InvalidInput, match=r"--set: evalai\.auth_secret"):
        step_functions_state(template, wrong)


def test_only_a_launch_says_that_it_has_no_use_for_that_secret(capsys):
    own = ("--profile", "embedded", "--set", "evalai.auth_secret=hosts-token")
    assert main(["render", "--step-functions", *own]) == 0
    assert "hosts-token" not in capsys.readouterr().err
    assert main(["render", *own]) == 0
    told = capsys.readouterr()
    assert "used by nothing here: evalai.auth_secret hosts-token" in told.err
    assert "hosts-token" not in told.out
