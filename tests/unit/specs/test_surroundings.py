"""Servers and agents on real nodes: display, driver, server's path, shared memory, requests."""

import copy

import pytest
from fakes.jobs import at_site, half, pod_spec

from console.specs.compose import compose, load_template
from console.specs.mistakes import SpecRejected
from console.specs.notes import notes
from console.specs.validation import Severity, validate, validate_manifest
from console.specs.values import load_profile

HALVES = [f"{half}-{number}" for number in range(1, 5) for half in ("simulator", "agent")]


def env(made, name):
    return {each["name"]: each.get("value") for each in half(made, name)["env"]}


def mounts(made, name):
    return {each["mountPath"]: each for each in half(made, name)["volumeMounts"]}


def volumes(made):
    return {each["name"]: each for each in pod_spec(made)["volumes"]}


@pytest.mark.parametrize("name", HALVES)
def test_every_half_gets_the_whole_driver(leaderboard, name):
    assert env(at_site(leaderboard), name)["NVIDIA_DRIVER_CAPABILITIES"] == "all"


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_servers_of_leaderboard_one_draw_offscreen_and_those_of_two_on_the_node_s_x(number):
    name = f"simulator-{number}"
    one, two = at_site("1.0"), at_site("2.0")
    assert env(one, name)["SDL_VIDEODRIVER"] == "offscreen"
    assert "DISPLAY" not in env(one, name)
    assert env(two, name)["DISPLAY"] == ":0"
    assert "SDL_VIDEODRIVER" not in env(two, name)


def test_without_an_x_server_a_value_lets_every_server_draw_offscreen(leaderboard):
    made = at_site(leaderboard, display="offscreen")
    assert validate(made) == ()
    assert env(made, "simulator-4")["SDL_VIDEODRIVER"] == "offscreen"
    assert "DISPLAY" not in env(made, "simulator-4")
    assert "/tmp/.X11-unix" not in mounts(made, "simulator-4")
    assert "x11" not in volumes(made)


def test_a_value_lets_every_server_draw_on_the_node_s_x(leaderboard):
    made = at_site(leaderboard, display="x11")
    assert validate(made) == ()
    assert env(made, "simulator-1")["DISPLAY"] == ":0"
    assert "SDL_VIDEODRIVER" not in env(made, "simulator-1")
    assert mounts(made, "simulator-1")["/tmp/.X11-unix"]["name"] == "x11"
    assert volumes(made)["x11"]["hostPath"] == {"path": "/tmp/.X11-unix"}


@pytest.mark.parametrize(
    ("server", "root", "saved"),
    [
        ("/workspace/CarlaUE4.sh", "/workspace", "/workspace/CarlaUE4/Saved"),
        ("/opt/carla-10/CarlaUnreal.sh", "/opt/carla-10", "/opt/carla-10/CarlaUnreal/Saved"),
    ],
)
def test_a_server_elsewhere_is_started_there_and_writes_there(leaderboard, server, root, saved):
    made = at_site(leaderboard, server=server)
    assert validate(made) == ()
    for number in range(1, 5):
        name = f"simulator-{number}"
        program = server.rpartition("/")[2]
        assert env(made, name)["CARLA_ROOT"] == root
        assert half(made, name)["args"][1].startswith(f'exec "$CARLA_ROOT/{program}" ')
        assert mounts(made, name)[saved]["subPath"] == f"simulator/simulator{number}"
        log = f"{saved}/Logs/{program.removesuffix('.sh')}.log"
        assert env(made, name)["SERVER_LOG"] == log
        assert f"--record={saved} " in half(made, f"agent-{number}")["args"][1]
    assert "/home/carla" not in str(made.manifest)


def test_the_public_images_path_is_the_default_and_changes_nothing(leaderboard):
    said = at_site(leaderboard, server="/home/carla/CarlaUE4.sh")
    assert said.manifest == at_site(leaderboard).manifest


def test_each_agent_has_a_memory_backed_dev_shm_of_its_own_with_a_limit(leaderboard):
    made = at_site(leaderboard)
    names = [mounts(made, f"agent-{n}")["/dev/shm"]["name"] for n in range(1, 5)]
    assert len(set(names)) == 4
    for name in names:
        assert volumes(made)[name]["emptyDir"] == {"medium": "Memory", "sizeLimit": "8Gi"}
    assert "/dev/shm" not in mounts(made, "simulator-1")


def test_shared_memory_is_a_value_for_both_halves():
    made = at_site(agent_shm="", simulator_shm="2Gi")
    assert validate(made) == ()
    assert "/dev/shm" not in mounts(made, "agent-2")
    name = mounts(made, "simulator-2")["/dev/shm"]["name"]
    assert volumes(made)[name]["emptyDir"] == {"medium": "Memory", "sizeLimit": "2Gi"}


@pytest.mark.parametrize("gpus", ["limits", "claims", "shared"])
def test_requests_are_values_and_stand_beside_the_gpu(gpus):
    made = at_site(
        gpus=gpus, agent_cpu="6", agent_memory="24Gi", simulator_cpu="500m", simulator_memory="4Gi"
    )
    assert validate(made) == ()
    plain = at_site(gpus=gpus)
    agent, simulator = half(made, "agent-3")["resources"], half(made, "simulator-3")["resources"]
    assert agent.pop("requests") == {"cpu": "6", "memory": "24Gi"}
    assert simulator.pop("requests") == {"cpu": "500m", "memory": "4Gi"}
    assert agent == half(plain, "agent-3").get("resources", {})
    assert simulator == half(plain, "simulator-3")["resources"]


def test_a_real_cluster_s_profile_requests_what_its_node_has(leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    assert (
        4 * (int(values.get("cluster.agent_cpu")) + int(values.get("cluster.simulator_cpu"))) < 47
    )
    memory = [values.get(f"cluster.{each}_memory") for each in ("agent", "simulator")]
    assert 4 * sum(int(each.removesuffix("Gi")) for each in memory) < 180


def test_an_agent_s_image_may_keep_its_privileges_by_a_value(leaderboard):
    usual, kept = at_site(leaderboard), at_site(leaderboard, agent_privileges="kept")
    assert half(usual, "agent-1")["securityContext"]["allowPrivilegeEscalation"] is False
    security = half(kept, "agent-1")["securityContext"]
    assert security == {"seccompProfile": {"type": "RuntimeDefault"}}
    assert half(kept, "logcopy") == half(usual, "logcopy")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"server": "CarlaUE4.sh"}, "cluster.server is no absolute path of CarlaUE4.sh"),
        ({"server": "/a/$(rm)/CarlaUE4.sh"}, "cluster.server is no absolute path"),
        ({"server": '/a"/CarlaUE4.sh'}, "cluster.server is no absolute path"),
        ({"server": "/home/carla/UE4.sh"}, "cluster.server is no absolute path"),
        ({"display": "wayland"}, "cluster.display is 'wayland'; one of usual, x11, offscreen"),
        ({"agent_shm": "8GB"}, "cluster.agent_shm is '8GB'; a quantity such as"),
        ({"agent_shm": "0"}, "cluster.agent_shm is '0'"),
        ({"simulator_cpu": "many"}, "cluster.simulator_cpu is 'many'"),
        ({"agent_memory": ["1Gi"]}, "cluster.agent_memory is a list"),
        ({"agent_privileges": "all"}, "cluster.agent_privileges is 'all'; one of dropped, kept"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_who_said_it(said, words):
    with pytest.raises(SpecRejected) as refused:
        at_site(**said)
    assert f"--set: {words}" in str(refused.value)


def changed(made, name, variable, value):
    job = copy.deepcopy(made.manifest)
    containers = job["spec"]["template"]["spec"]["containers"]
    told = next(each for each in containers if each["name"] == name)["env"]
    told[:] = [each for each in told if each["name"] != variable]
    if value is not None:
        told.append({"name": variable, "value": value})
    return " ".join(str(finding) for finding in validate_manifest(job))


def test_a_server_with_neither_display_nor_offscreen_is_found():
    assert "simulator-2 has no DISPLAY, and no SDL_VIDEODRIVER=offscreen" in changed(
        at_site("1.0"), "simulator-2", "SDL_VIDEODRIVER", None
    )
    assert "simulator-2 has no DISPLAY" in changed(at_site("2.0"), "simulator-2", "DISPLAY", None)


def test_a_display_without_the_node_s_sockets_is_found():
    job = copy.deepcopy(at_site("2.0").manifest)
    simulator = job["spec"]["template"]["spec"]["containers"][0]
    simulator["volumeMounts"] = [m for m in simulator["volumeMounts"] if m["name"] != "x11"]
    assert "simulator-1 has a DISPLAY and no volume at /tmp/.X11-unix." in {
        finding.what for finding in validate_manifest(job)
    }


@pytest.mark.parametrize("told", ["compute,utility", ""])
def test_a_server_without_the_driver_s_graphics_is_found(told):
    found = changed(at_site(), "simulator-3", "NVIDIA_DRIVER_CAPABILITIES", told)
    assert f"simulator-3 is {told!r}: it gets no graphics driver." in found


@pytest.mark.parametrize(
    ("leaderboard", "image", "missing"),
    [
        ("1.0", "carlasim/carla:0.9.10.1", "no Town06,"),
        ("2.0", "carlasim/carla:0.9.14", "no Town12 and no Town13,"),
        ("2.0", "docker.io/carlasim/carla:0.9.15", "no Town12 and no Town13,"),
    ],
)
def test_an_image_that_cannot_drive_the_routes_is_warned_of(leaderboard, image, missing):
    (found,) = validate(at_site(leaderboard, simulator_image=image))
    assert found.severity is Severity.WARNING
    assert found.what.startswith(f"{image} has {missing}")
    assert "map not found" in found.what


@pytest.mark.parametrize("image", ["registry.example/carla:0.9.14", "carlasim/carla:latest"])
def test_of_an_image_whose_towns_are_unknown_nothing_is_claimed(image):
    made = at_site("2.0", simulator_image=image)
    assert validate(made) == ()
    assert any(f"Towns: of {image} unknown" in note for note in notes(made.manifest))


def test_a_real_cluster_s_profile_has_no_image_that_could_be_the_wrong_one(leaderboard):
    assert load_profile("g5.12xlarge").values(leaderboard).get("cluster.simulator_image") is None


def test_an_image_that_is_not_given_is_not_taken_for_another_value(leaderboard):
    values = load_profile("g5.12xlarge").values(leaderboard)
    with pytest.raises(SpecRejected) as refused:
        compose(load_template(leaderboard), values, files={})
    assert "the values have no $.cluster.simulator_image" in str(refused.value)
    assert "simulator_memory" not in str(refused.value)


def test_the_notes_say_what_the_nodes_and_images_must_have():
    text = " ".join(notes(at_site("2.0", agent_shm="").manifest))
    assert "an X server on their node (DISPLAY :0" in text
    assert "cluster.display=offscreen" in text
    assert "sudo and setuid programs" in text
    assert "not every half requests memory" in text
    assert "Shared memory: an agent has the runtime's 64 MB" in text


def test_a_note_is_gone_where_what_it_asks_for_is_given():
    requests = {f"{each}_memory": "1Gi" for each in ("agent", "simulator")}
    made = at_site("2.0", display="offscreen", agent_privileges="kept", **requests)
    text = " ".join(notes(made.manifest))
    assert "need no X server" in text
    for word in ("sudo", "requests", "Shared memory"):
        assert word not in text
