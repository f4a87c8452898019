"""The two shipped Jobs are what the Leaderboards' own Jobs are, and differ as those differ."""

import json
import re
import subprocess

import pytest
import yaml

from console import paths
from console.presentation.ways_in import WayInto
from console.results.leaderboard import named
from console.specs.compose import compose, load_template
from console.specs.rendering import to_yaml
from console.specs.validation import validate
from console.specs.values import load_profile, profiles


def pod(composed):
    return composed.manifest["spec"]["template"]["spec"]


def container(composed, name):
    return next(each for each in pod(composed)["containers"] if each["name"] == name)


def env(composed, name):
    return {each["name"]: each.get("value") for each in container(composed, name)["env"]}


def test_the_job_is_named_and_retried_as_the_overview_says(template, composed):
    content = template.document.content
    assert (content["apiVersion"], content["kind"]) == ("batch/v1", "Job")
    assert content["metadata"]["name.$"] == "$.submission.name"
    assert composed.manifest["spec"]["backoffLimit"] == 8
    assert pod(composed)["restartPolicy"] == "OnFailure"
    assert pod(composed)["serviceAccountName"] == "submission-worker"
    assert pod(composed)["automountServiceAccountToken"] is False
    assert pod(composed)["nodeSelector"] == {"node.kubernetes.io/instance-type": "g5.12xlarge"}


def test_every_shipped_combination_composes_without_a_finding(leaderboard):
    """The real cluster's profile lacks the images that are the operator's own."""
    own = {
        "submission.submitted_image_uri": "registry.example/team:1",
        "cluster.leaderboard_image": "registry.example/leaderboard:1",
        "cluster.simulator_image": "registry.example/simulator:1",
    }
    assert profiles() == (
        *("embedded", "g5.12xlarge", "g5.48xlarge", "g5.xlarge"),
        *("g6.12xlarge", "generic", "k3s-workstation", "p4d.24xlarge"),
    )
    template = load_template(leaderboard)
    for name in profiles():
        values = load_profile(name).values(leaderboard)
        missing = {path: image for path, image in own.items() if values.get(path) is None}
        values = values.override(missing, origin="test", known=template.paths)
        assert validate(compose(template, values)) == ()


def test_the_containers_stand_in_the_manifest_s_order(composed):
    halves = [f"{half}-{n}" for n in range(1, 5) for half in ("simulator", "agent")]
    assert [each["name"] for each in pod(composed)["containers"]] == [*halves, "logcopy"]
    assert [each["name"] for each in pod(composed)["initContainers"]] == ["private-contents"]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_each_pair_has_its_gpu_its_ports_and_five_routes(composed, number):
    for half in ("simulator", "agent"):
        variables = env(composed, f"{half}-{number}")
        assert variables["PAIR"] == str(number)
        assert variables["NVIDIA_VISIBLE_DEVICES"] == str(number - 1)
        assert variables["CARLA_PORT"] == str(1900 + 100 * number)
    agent = env(composed, f"agent-{number}")
    assert agent["TRAFFIC_MANAGER_PORT"] == str(1910 + 100 * number)
    assert agent["ROUTES_SUBSET"] == f"{5 * number - 5}-{5 * number - 1}"
    assert agent["NVIDIA_DRIVER_CAPABILITIES"] == "all"
    limits = container(composed, f"simulator-{number}")["resources"]["limits"]
    assert limits == {"nvidia.com/gpu": 1}


def test_the_repetitions_are_five_and_one():
    for version, repetitions in (("1.0", 5), ("2.0", 1)):
        values = load_profile("embedded").values(version)
        plan = compose(load_template(version), values, files={}).plan
        assert (plan.drives.leaderboard, plan.drives.repetitions) == (named(version), repetitions)


def shell(version, name):
    composed = compose(load_template(version), load_profile("embedded").values(version), files={})
    role, text = container(composed, name)["args"]
    assert role == name.partition("-")[0]
    return text


def test_the_server_s_flags_are_those_of_each_leaderboard():
    assert shell("1.0", "simulator-3") == (
        'exec "$CARLA_ROOT/CarlaUE4.sh" -carla-rpc-port="$CARLA_PORT" -opengl -nosound'
    )
    assert shell("2.0", "simulator-3") == (
        'exec "$CARLA_ROOT/CarlaUE4.sh" -vulkan -carla-rpc-port="$CARLA_PORT" -RenderOffScreen'
        " -nosound -ini:[/Script/Engine.RendererSettings]:r.GraphicsAdapter"
        '="$GRAPHICS_ADAPTER"'
    )


def expanded(version, number):
    """The evaluator's arguments as a shell makes them of the agent's text and environment."""
    composed = compose(load_template(version), load_profile("embedded").values(version), files={})
    text = container(composed, f"agent-{number}")["args"][1]
    variables = {k: v for k, v in env(composed, f"agent-{number}").items() if v is not None}
    variables |= {"CARLA_HOST": "10.0.0.9", "TEAM_AGENT": "/t/a b.py", "TEAM_CONFIG": "/t/c"}
    started = "exec python3 -I -S -u /opt/leaderboard-console/console/workers/official_start.py"
    program = text.replace(started, "printf '%s\\n'", 1)
    run = subprocess.run(
        ["sh", "-c", program], env=variables, capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


def test_the_evaluator_is_called_as_leaderboard_one_takes_it():
    assert set(expanded("1.0", 2)) == {
        "/workspace/leaderboard/leaderboard/leaderboard_evaluator.py",
        "--host=10.0.0.9",
        "--port=2100",
        "--trafficManagerPort=2110",
        "--scenarios=/workspace/leaderboard/data/all_towns_traffic_scenarios_private.json",
        "--routes=/workspace/leaderboard/data/routes_testing.xml",
        "--routes-subset=5-9",
        "--repetitions=5",
        "--track=SENSORS",
        "--agent=/t/a b.py",
        "--agent-config=/t/c",
        "--checkpoint=/tmp/agent/agent_results.json",
        "--record=/home/carla/CarlaUE4/Saved",
        "--resume=",
        "--debug=0",
    }


def test_the_evaluator_is_called_as_leaderboard_two_takes_it():
    assert set(expanded("2.0", 4)) == {
        "/workspace/leaderboard/leaderboard/leaderboard_evaluator.py",
        "--host=10.0.0.9",
        "--port=2300",
        "--traffic-manager-port=2310",
        "--routes=/workspace/leaderboard/data/routes_testing.xml",
        "--routes-subset=15-19",
        "--repetitions=1",
        "--track=SENSORS",
        "--agent=/t/a b.py",
        "--agent-config=/t/c",
        "--checkpoint=/tmp/agent/agent_results.json",
        "--debug-checkpoint=/tmp/agent/live_results.txt",
        "--record=/home/carla/CarlaUE4/Saved",
        "--resume=",
        "--debug=0",
    }


def test_the_jobs_differ_in_nothing_but_what_the_leaderboards_differ_in():
    """Version, server flags, evaluator call, repetitions, scenarios file, X11."""
    one, two = (
        compose(load_template(v), load_profile("embedded").values(v), nonce="n", files={}).manifest
        for v in ("1.0", "2.0")
    )
    for manifest in (one, two):
        manifest["metadata"]["labels"].pop("leaderboard.carla.org/version")
        manifest["spec"]["template"]["metadata"]["labels"].pop("leaderboard.carla.org/version")
        spec = manifest["spec"]["template"]["spec"]
        spec["volumes"] = [each for each in spec["volumes"] if each["name"] != "x11"]
        for each in [*spec["initContainers"], *spec["containers"]]:
            each.pop("image")
            each.pop("args", None)
            differing = ("LEADERBOARD", "REPETITIONS", "SCENARIOS", "DISPLAY", "SDL_VIDEODRIVER")
            each["env"] = [e for e in each["env"] if e["name"] not in differing]
            each["volumeMounts"] = [m for m in each["volumeMounts"] if m["name"] != "x11"]
    assert one == two


def test_only_leaderboard_two_has_x11(composed, leaderboard):
    two = leaderboard == "2.0"
    assert ("DISPLAY" in env(composed, "simulator-1")) == two
    assert ("SCENARIOS" in env(composed, "agent-1")) == (not two)
    mounts = {m["mountPath"] for m in container(composed, "simulator-1")["volumeMounts"]}
    assert ("/tmp/.X11-unix" in mounts) == two


def test_nothing_in_the_pod_knows_where_results_are_published(composed):
    """Untrusted agents share it, and nothing in it would read that."""
    text = str(composed.manifest)
    assert not any(word in text for word in ("EVALAI", "S3_BUCKET", "DYNAMODB", "auth_token"))


def test_the_header_names_every_path_that_the_template_takes(template, template_text):
    header = template_text[: template_text.index("apiVersion")]
    for reference in template.references:
        section, key = reference.path.split(".")
        assert f"$.{section}" in header
        assert re.search(rf"\b{key}\b", header)


WORKERS_USER = 64000


@pytest.mark.parametrize("name", ["private-contents", "logcopy"])
def test_the_workers_own_containers_run_without_any_privilege(composed, name):
    """As a user that no image has, on an image that cannot be written, with no capability."""
    each = next(
        each
        for each in (*pod(composed)["initContainers"], *pod(composed)["containers"])
        if each["name"] == name
    )
    assert each["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": WORKERS_USER,
        "runAsGroup": WORKERS_USER,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_agent_keeps_its_image_s_user_and_little_more(composed, number):
    """Nothing that reaches beyond the files, processes and users of its own container."""
    security = container(composed, f"agent-{number}")["securityContext"]
    assert "runAsUser" not in security
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {
        "drop": ["ALL"],
        "add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"],
    }
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(composed, f"simulator-{number}")["securityContext"] == {"privileged": True}


def test_a_rendered_job_is_the_same_job(composed):
    text = to_yaml(composed.manifest)
    assert yaml.safe_load(text) == composed.manifest
    assert text == to_yaml(json.loads(json.dumps(composed.manifest)))
    assert text.startswith("apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: demo\n")
    assert "&id" not in text


def test_a_rendered_config_map_shows_programs_as_blocks(composed):
    text = to_yaml({"data": {"a.sh": "one\ntwo\n"}})
    assert text == "data:\n  a.sh: |\n    one\n    two\n"


def access():
    documents = list(yaml.safe_load_all((paths.job_specs() / "access.yaml").read_text()))
    return {(each["kind"], each["metadata"]["name"]): each for each in documents}


def test_access_lets_the_console_do_its_work_and_no_more():
    rules = access()["Role", "leaderboard-console"]["rules"]
    granted = {(r, v) for rule in rules for r in rule["resources"] for v in rule["verbs"]}
    assert ("jobs", "create") in granted
    assert ("pods/log", "get") in granted
    assert not {r for r, _ in granted} & {"secrets", "nodes", "pods/exec", "pods/portforward", "*"}
    assert not {v for _, v in granted} & {
        "*",
        "deletecollection",
        "escalate",
        "impersonate",
        "bind",
    }


def test_the_way_into_containers_is_a_right_of_its_own_in_a_file_of_its_own():
    file = paths.job_specs() / "shell_access.yaml"
    role, binding = yaml.safe_load_all(file.read_text())
    granted = {(r, v) for rule in role["rules"] for r in rule["resources"] for v in rule["verbs"]}
    ways = {way.right for way in WayInto}
    assert granted == {("pods", "get")} | {(way, v) for way in ways for v in ("get", "create")}
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert role["metadata"] == binding["metadata"]
    assert binding["subjects"] == access()["RoleBinding", "leaderboard-console"]["subjects"]


def test_events_of_nodes_are_a_right_of_their_own_and_all_that_is_granted_elsewhere():
    objects = access()
    elsewhere = [o for o in objects.values() if o["metadata"].get("namespace") == "default"]
    role, binding = elsewhere
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]}
    ]
    assert binding["roleRef"]["name"] == role["metadata"]["name"] == "leaderboard-node-events"
    assert not [name for kind, name in objects if kind.startswith("Cluster")]


def test_queues_are_only_looked_at_by_a_right_of_their_own():
    role = access()["Role", "leaderboard-queues"]
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list"}
    assert all(group.endswith("kueue.x-k8s.io") for r in role["rules"] for group in r["apiGroups"])
    binding = access()["RoleBinding", "leaderboard-queues"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == access()["RoleBinding", "leaderboard-console"]["subjects"]


def test_the_workers_account_has_no_token_and_no_role():
    objects = access()
    account = objects["ServiceAccount", "submission-worker"]
    assert account["automountServiceAccountToken"] is False
    subjects = [s for o in objects.values() for s in o.get("subjects", [])]
    assert all(subject["kind"] == "Group" for subject in subjects)


def test_the_namespace_admits_privileged_servers():
    labels = access()["Namespace", "leaderboard"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
