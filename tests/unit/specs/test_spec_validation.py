"""What is found in a Job before it is sent: one row for each way to get it wrong."""

import copy

import pytest
from fakes.changed_jobs import (
    container,
    drop_env,
    give_gpu,
    metadata,
    move_pair,
    named,
    overlapping_routes,
    pod,
    pod_spec,
    remove,
    resources,
    routes_gap,
    same_port_twice,
    set_env,
    set_mount,
    spec,
    swap,
    variable,
    volume,
)

from console.errors import InvalidInput
from console.kubernetes_grammar.quantities import amount
from console.specs.compose import compose, load_template
from console.specs.validation import Severity, demand, validate, validate_manifest
from console.specs.values import load_profile

FILES = {"pair_supervisor.sh": "", "private_contents.sh": ""}
SOUND = compose(
    load_template("2.0"), load_profile("embedded").values("2.0"), nonce="n", files=FILES
)

MUTATIONS = {
    # names, labels, annotations
    "name upper case": (metadata(name="Demo"), "metadata.name", "a-z, 0-9"),
    "name with a dot": (metadata(name="de.mo"), "metadata.name", "a-z, 0-9"),
    "name empty": (metadata(name=""), "metadata.name", "is empty"),
    "name of 64": (metadata(name="a" * 64), "metadata.name", "63 are allowed"),
    "namespace": (metadata(namespace="My_Space"), "metadata.namespace", "a-z, 0-9"),
    "label value": (metadata(labels={"a": "b c"}), "metadata.labels.a", "may only hold"),
    "label value long": (metadata(labels={"a": "b" * 64}), "metadata.labels.a", "63"),
    "label key": (metadata(labels={"a b": "c"}), "metadata.labels.a b", "key"),
    "label prefix": (metadata(labels={"UP.x/a": "c"}), "metadata.labels.UP.x/a", "prefix"),
    "annotations large": (
        metadata(annotations={"a": "x" * 262_144}),
        "metadata.annotations",
        "262144 are allowed",
    ),
    "annotation key": (metadata(annotations={"/a": "c"}), "metadata.annotations./a", "key"),
    "node selector": (pod_spec(nodeSelector={"a": "b c"}), "nodeSelector.a", "may only hold"),
    "account": (pod_spec(serviceAccountName="A b"), "serviceAccountName", "service account"),
    "container name": (container("logcopy", name="Log_copy"), "[8].name", "a-z, 0-9"),
    "container twice": (container("agent-2", name="agent-1"), "[3].name", "there already"),
    # environment
    "env number": (set_env("agent-1", "REPETITIONS", 5), "value", "is a number, but text"),
    "env name": (
        lambda job: named(job, "logcopy")["env"].append({"name": "A B", "value": ""}),
        "name",
        "no digit first",
    ),
    "env twice": (
        lambda job: named(job, "logcopy")["env"].append({"name": "LOGS_DIR", "value": "/logs"}),
        "name",
        "twice",
    ),
    "env two sources": (
        lambda job: variable(job, "agent-1", "CARLA_HOST").update(value="x"),
        "env[4]",
        "value and valueFrom",
    ),
    "env empty source": (
        lambda job: variable(job, "agent-1", "CARLA_HOST").update(valueFrom={}),
        "valueFrom",
        "exactly one source",
    ),
    # quantities
    "quantity": (resources("logcopy", limits={"memory": "1GB"}), "limits.memory", "no quantity"),
    "quantity negative": (resources("logcopy", limits={"cpu": "-1"}), "limits.cpu", "less than"),
    "request above limit": (
        resources("logcopy", requests={"memory": "2Gi"}, limits={"memory": "1024Mi"}),
        "requests.memory",
        "more memory than its limit",
    ),
    "half a gpu": (
        resources("simulator-1", limits={"nvidia.com/gpu": "500m"}),
        "limits.nvidia.com/gpu",
        "whole numbers",
    ),
    "gpu request": (
        resources("agent-1", requests={"nvidia.com/gpu": 1}),
        "requests.nvidia.com/gpu",
        "equals the request",
    ),
    "no gpu": (resources("simulator-2"), "limits.nvidia.com/gpu", "needs a limit of one"),
    # mounts and volumes
    "mount of nothing": (
        set_mount("agent-1", "/tmp/agent", name="log"),
        "name",
        "There is no volume log. Did you mean logs?",
    ),
    "mount relative": (
        set_mount("agent-1", "/tmp/agent", mountPath="tmp/agent"),
        "mountPath",
        "must be absolute",
    ),
    "mount with colon": (
        set_mount("agent-1", "/tmp/agent", mountPath="/tmp/a:b"),
        "mountPath",
        "without : and ..",
    ),
    "mount twice": (
        set_mount("agent-1", "/tmp/agent", mountPath="/tmp/status/"),
        "mountPath",
        "twice",
    ),
    "sub-path absolute": (set_mount("agent-1", "/tmp/agent", subPath="/x"), "subPath", "relative"),
    "sub-path upwards": (set_mount("agent-1", "/tmp/agent", subPath="a/../b"), "subPath", ".."),
    "sub-path twice": (
        set_mount("agent-1", "/tmp/agent", subPathExpr="$(PAIR)"),
        "volumeMounts[0]",
        "Keep one",
    ),
    "volume without source": (volume("logs"), "volumes[0]", "no source"),
    "volume with two": (
        volume("logs", emptyDir={}, hostPath={"path": "/x"}),
        "volumes[0]",
        "emptyDir and hostPath",
    ),
    "volume twice": (
        lambda job: pod(job)["volumes"].append({"name": "logs", "emptyDir": {}}),
        "volumes[10].name",
        "there already",
    ),
    "host path": (volume("x11", hostPath={"path": "tmp"}), "hostPath.path", "absolute"),
    "item upwards": (
        lambda job: pod(job)["volumes"][5]["configMap"]["items"][0].update(path="../x"),
        "items[0].path",
        "..",
    ),
    "missing worker": (
        lambda job: pod(job)["volumes"][5]["configMap"]["items"][0].update(key="pair_supervisr.sh"),
        "items[0].key",
        "Did you mean pair_supervisor.sh?",
    ),
    "command not delivered": (
        container("agent-1", command=["/bin/sh", "/opt/leaderboard-console/pair_superviser.sh"]),
        "command[1]",
        "Did you mean pair_supervisor.sh?",
    ),
    "other config map": (
        volume("workers", configMap={"name": "else"}),
        "volumes",
        "No volume holds",
    ),
    # pairs
    "gpu shared": (give_gpu(2, "0"), "value", "simulator-2 and simulator-1 have GPU 0"),
    "gpu out of range": (give_gpu(2, "4"), "value", "sees GPU 4"),
    "gpu uuid": (
        give_gpu(2, "GPU-8a"),
        "value",
        "NVIDIA_VISIBLE_DEVICES of simulator-2 is no number",
    ),
    "gpu differs": (
        set_env("agent-2", "NVIDIA_VISIBLE_DEVICES", "2"),
        "value",
        "is 1 in simulator-2, but 2 in agent-2",
    ),
    "port differs": (set_env("agent-2", "CARLA_PORT", "2200"), "value", "is 2100 in simulator-2"),
    "ports overlap": (move_pair(2, 2002), "value", "Pairs 1 and 2 both listen on port 2002"),
    "manager overlaps": (move_pair(2, 1990), "value", "Pairs 1 and 2 both listen on port 2000"),
    "port too high": (move_pair(2, 65534), "value", "not in 1024-65535"),
    "manager port": (
        set_env("agent-2", "TRAFFIC_MANAGER_PORT", "2111"),
        "value",
        "CARLA_PORT plus 10 is 2110",
    ),
    "pair number": (set_env("agent-2", "PAIR", "3"), "value", "PAIR of agent-2 is 3, not 2"),
    "routes overlap": (overlapping_routes, "value", "Route 4 is driven by pairs 1 and 2."),
    "routes gap": (routes_gap, "value", "No pair drives route 5 if"),
    "routes unreadable": (set_env("agent-2", "ROUTES_SUBSET", "9-5-1"), "value", "neither"),
    "routes twice": (set_env("agent-2", "ROUTES_SUBSET", "5-9,5"), "value", "route 5 twice"),
    "a range of one": (set_env("agent-2", "ROUTES_SUBSET", "5-5,6-9"), "value", "Write 5."),
    "drives without an end": (
        set_env("logcopy", "REPETITIONS", "501"),
        "value",
        "20 routes times 501 repetitions; 10000 drives at most",
    ),
    "logcopy's routes": (
        set_env("logcopy", "ROUTES_SUBSETS", "0-4;5-9;10-14"),
        "value",
        "ROUTES_SUBSETS of logcopy is 0-4;5-9;10-14",
    ),
    "repetitions differ": (
        set_env("agent-3", "REPETITIONS", "2"),
        "value",
        "REPETITIONS of agent-3 is 2, logcopy's is 1",
    ),
    "repetitions absurd": (
        set_env("logcopy", "REPETITIONS", "0"),
        "value",
        "1 to 9999 can be driven",
    ),
    "version differs": (
        lambda job: job["metadata"]["labels"].update({"leaderboard.carla.org/version": "1.0"}),
        "metadata.labels.leaderboard.carla.org/version",
        "The label is 1.0",
    ),
    "version unknown": (
        set_env("logcopy", "LEADERBOARD", "3.0"),
        "value",
        "1.0, 2.0, 2.1, Bench2Drive are known",
    ),
    "order": (swap, "containers", "agent-1, simulator-1"),
    "no partner": (remove("agent-2"), "containers", "There is no container agent-2"),
    "no logcopy": (remove("logcopy"), "containers", "There is no container logcopy"),
    "shared port": (same_port_twice, "containerPort", "both have port 9000"),
    "port 0": (container("agent-1", ports=[{"containerPort": 0}]), "containerPort", "1 to 65535"),
    # what the workers need
    "no status directory": (drop_env("agent-4", "STATUS_DIR"), "[7]", "agent-4 has no STATUS_DIR"),
    "no display": (drop_env("simulator-4", "DISPLAY"), "[6]", "simulator-4 has no DISPLAY"),
    "outside a volume": (
        set_env("agent-4", "CHECKPOINT", "/root/results.json"),
        "value",
        "which is in none of its volumes",
    ),
    "status elsewhere": (
        set_mount("agent-4", "/tmp/status", subPath="status"),
        "value",
        "STATUS_DIR of agent-4 lies in logs/status, but logcopy uses logs/containers-status",
    ),
    "results of another": (
        set_mount("agent-4", "/tmp/agent", subPath="agent/agent3"),
        "value",
        "lies in logs/agent/agent3, but logcopy uses logs/agent/agent4",
    ),
    "other tree": (
        set_mount("agent-4", "/workspace/leaderboard", name="carla-python-api"),
        "value",
        "but private-contents uses leaderboard",
    ),
    # images
    "image upper case": (container("agent-1", image="me/Team:1"), "image", "upper case"),
    "image blank": (container("agent-1", image=" team:1"), "image", "begins or ends with a blank"),
    "image empty": (container("agent-1", image=""), "image", "is empty"),
    "image tag": (container("agent-1", image="team:"), "image", "not of the form"),
    # the rest
    "restart policy": (pod_spec(restartPolicy="Always"), "restartPolicy", "write OnFailure"),
    "backoff limit": (spec(backoffLimit=-1), "spec.backoffLimit", "0 is the least"),
    "deadline": (spec(activeDeadlineSeconds=0), "activeDeadlineSeconds", "1 is the least"),
    "parallel": (spec(parallelism=2), "spec.parallelism", "one pod"),
    "selector": (spec(selector={"matchLabels": {"a": "b"}}), "spec.selector", "Remove it"),
    "failure policy": (
        spec(podFailurePolicy={"rules": []}),
        "spec.podFailurePolicy",
        "Leave podFailurePolicy out",
    ),
    "escalation": (
        container(
            "agent-1", securityContext={"privileged": True, "allowPrivilegeEscalation": False}
        ),
        "securityContext",
        "privileged",
    ),
    "unknown key": (container("agent-1", comand=["x"]), "comand", "Did you mean command?"),
    "huge": (container("agent-1", args=["x" * 1_600_000]), "", "bytes"),
}


@pytest.mark.parametrize("case", MUTATIONS)
def test_each_way_to_get_it_wrong_is_found_at_its_place(case):
    change, place, words = MUTATIONS[case]
    job = copy.deepcopy(SOUND.manifest)
    change(job)
    found = validate_manifest(job, SOUND.config_map)
    assert any(f.path.endswith(place) and words in f"{f.what} {f.fix}" for f in found), found


def test_a_sound_job_has_no_finding():
    assert validate(SOUND) == ()


def test_a_long_name_is_allowed_with_a_warning():
    job = copy.deepcopy(SOUND.manifest)
    job["metadata"]["name"] = "a" * 59
    (finding,) = validate_manifest(job)
    assert finding.severity is Severity.WARNING
    demand([finding])


def test_the_network_of_the_node_is_allowed_with_a_warning():
    job = copy.deepcopy(SOUND.manifest)
    pod(job)["hostNetwork"] = False
    assert not validate_manifest(job)
    pod(job)["hostNetwork"] = True
    (finding,) = validate_manifest(job)
    assert finding.severity is Severity.WARNING
    assert finding.path == "spec.template.spec.hostNetwork"
    assert "share their node's network" in finding.what


def test_all_findings_come_at_once_and_errors_first():
    job = copy.deepcopy(SOUND.manifest)
    job["metadata"]["name"] = "a" * 60
    set_env("agent-2", "PAIR", "3")(job)
    pod(job)["restartPolicy"] = "Never"
    found = validate_manifest(job)
    assert [f.severity for f in found] == [Severity.ERROR, Severity.ERROR, Severity.WARNING]
    with pytest.raises(InvalidInput, match="2 errors"):
        demand(found)


def test_a_finding_knows_its_line_in_the_template():
    template, values = load_template("2.0"), load_profile("embedded").values("2.0")
    values = values.override({"submission.name": "Demo"}, origin="--set", known=template.paths)
    (finding,) = validate(compose(template, values, files=FILES))
    assert finding.line == template.document.line(("metadata", "name"))
    assert str(finding).startswith(f"line {finding.line}, metadata.name: The Job's name")


def test_a_config_map_that_is_too_large_is_found():
    template, values = load_template("2.0"), load_profile("embedded").values("2.0")
    made = compose(template, values, files={**FILES, "big.py": "x" * (1024 * 1024 + 1)})
    assert any("a ConfigMap holds" in finding.what for finding in validate(made))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", 0.5),
        ("1Gi", 2**30),
        ("2", 2),
        (3, 3),
        ("1e3", 1000),
        ("1.5k", 1500),
        ("1E", 10**18),
    ],
)
def test_a_quantity_is_read_as_kubernetes_reads_it(text, number):
    assert amount(text) == number


@pytest.mark.parametrize("text", ["1GB", "", "two", "1 Gi", "0x10", True, None, [], "1e", "."])
def test_what_is_no_quantity_has_no_amount(text):
    assert amount(text) is None
