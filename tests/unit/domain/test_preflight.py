"""What containers tell before a launch, judged: each topic's finding, and nothing unknown as fine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.jobs import at_site

from console.domain.preflight.checklist import (
    NodeFinding,
    NodeVerdict,
    SeenByHalves,
    Topic,
)
from console.domain.preflight.facts import told_by
from console.domain.preflight.rules import judged
from console.presentation.checklist_lines import summary

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
PLAN = at_site().plan
BEFOREHAND = (Topic.RIGHTS, Topic.DRY_RUN, Topic.CHANGES, Topic.QUEUE)
"""Asked before anything is sent; no container tells of them."""
SIMULATOR = """gpu attempt=1 gpus=1 index=0 uuid=GPU-{n} driver=535.1 told={n} shared=no name=NVIDIA A10G
display sdl=- socket=yes display=:0
maps names=Town12,Town13
vulkan devices=1 driver_file=yes capabilities=all
server state=listens exit=- seconds=3 port=2000
end role=simulator"""
AGENT = """gpu attempt=1 gpus=1 index=0 uuid=GPU-{n} driver=535.1 told={n} shared=no name=NVIDIA A10G
memory shm=8388608 uid=0
python version=3.8.10
evaluator state=loaded
config exists=yes path=/workspace/team/config.py
agent state=loaded entry=Driver
reach state=open port=2000 host=10.0.0.1
end role=agent"""
LOGCOPY = f"""clock epoch={AT.timestamp():.3f}
disk free=107374182400 total=214748364800
contents evaluator=yes egg=carla-0.9.14-py3.7.egg
routes number=20 towns=Town12:12,Town13:8
end role=logcopy"""


def seen(changed: dict[str, tuple[str, str]] | None = None, **silent: str) -> SeenByHalves:
    """All is well but the lines of a container (or of all of a half) that are replaced: a topic
    and what its lines say instead, between bars."""
    told = {}
    for name in PLAN.containers:
        half, _, number = name.partition("-")
        text = {"simulator": SIMULATOR, "agent": AGENT, "logcopy": LOGCOPY}[half]
        lines = text.format(n=number).splitlines()
        for who, (topic, instead) in (changed or {}).items():
            if who in (half, name):
                lines = [line for line in lines if line.split(" ")[0] != topic]
                lines += [f"{topic} {part}" for part in instead.split("|")]
        if name.replace("-", "_") not in silent:
            told[name] = told_by(name, [f"preflight: {line}" for line in lines])
    reasons = {name.replace("_", "-"): why for name, why in silent.items()}
    return SeenByHalves(PLAN, told, reasons, AT, AT + timedelta(seconds=20))


def of(topic: Topic, found: tuple[NodeFinding, ...]) -> list[NodeFinding]:
    return [each for each in found if each.topic is topic]


def test_where_all_is_well_each_topic_has_one_line_that_says_so() -> None:
    found = judged(seen())
    assert [each.topic for each in found] == [each for each in Topic if each not in BEFOREHAND]
    assert {each.verdict for each in found} == {NodeVerdict.OK}


def test_the_summary_keeps_no_warning_and_nothing_unknown_to_itself() -> None:
    assert summary(judged(seen())) == "Nothing speaks against a launch."
    low = judged(seen({"agent": ("memory", "shm=65536 uid=0"), "logcopy": ("clock", "epoch=-")}))
    assert summary(low).endswith("1 warning marked !, 1 could not be told.")
    assert "1 finding marked ✗" in summary(judged(seen({"agent-2": ("lost", "text=no GPU")})))


def test_where_nothing_is_told_nothing_is_called_fine() -> None:
    found = judged(SeenByHalves(PLAN, {}, {}, AT, AT))
    assert {each.verdict for each in of(Topic.START, found)} == {NodeVerdict.FAILS}
    others = [each for each in found if each.topic is not Topic.START]
    assert {each.topic for each in others} == set(Topic) - {Topic.START, *BEFOREHAND}
    assert {each.verdict for each in others} == {NodeVerdict.UNKNOWN}


@pytest.mark.parametrize(
    ("topic", "container", "fact", "instead", "verdict", "words"),
    [
        (Topic.GPUS, "agent-2", "gpu", "gpus=1 uuid=-", NodeVerdict.UNKNOWN, "cannot tell which GPU"),
        (Topic.GPUS, "agent-2", "lost", "text=no GPU", NodeVerdict.FAILS, "agent-2: no GPU"),
        (Topic.GPUS, "agent-2", "gpu", "uuid=GPU-9 shared=no", NodeVerdict.FAILS, "pair 2: its halves"),
        (Topic.GRAPHICS, "simulator", "vulkan", "devices=0 capabilities=compute", NodeVerdict.FAILS,
         "NVIDIA_DRIVER_CAPABILITIES is compute"),
        (Topic.DISPLAY, "simulator", "display", "sdl=- socket=no display=:0", NodeVerdict.FAILS,
         "no X server on the node has the display :0"),
        (Topic.DISPLAY, "simulator", "display", "sdl=- socket=- display=there:0", NodeVerdict.UNKNOWN,
         "DISPLAY is there:0"),
        (Topic.DISPLAY, "simulator", "display", "sdl=offscreen socket=- display=-", NodeVerdict.OK,
         "offscreen"),
        (Topic.SERVER, "simulator-3", "server", "state=ended exit=139 seconds=2 port=2200",
         NodeVerdict.FAILS, "simulator-3: it ended by itself, exit code 139"),
        (Topic.SERVER, "simulator-3", "server", "state=silent exit=- seconds=60 port=2200",
         NodeVerdict.FAILS, "did not listen within 60 s"),
        (Topic.SERVER, "simulator-3", "server", "state=taken port=2200", NodeVerdict.FAILS, "port 2200"),
        (Topic.PORTS, "agent-4", "reach", "state=closed port=2300 host=x", NodeVerdict.FAILS,
         "agent-4: it cannot reach its server on port 2300"),
        (Topic.PORTS, "agent-4", "manager", "state=taken port=2310", NodeVerdict.FAILS,
         "agent-4: its traffic manager's port 2310 is taken"),
        (Topic.CONTENTS, "logcopy", "contents", "evaluator=no egg=-", NodeVerdict.FAILS, "no evaluator"),
        (Topic.ROUTES, "logcopy", "routes", "number=26 towns=Town12:20", NodeVerdict.WARNING,
         "20 of the file's 26 routes are launched"),
        (Topic.ROUTES, "logcopy", "routes", "number=10 towns=Town12:10", NodeVerdict.FAILS,
         "10 in the file, but 20 are launched"),
        (Topic.TOWNS, "simulator", "maps", "names=Town01,Town10HD_Opt", NodeVerdict.FAILS,
         "lacks Town12 (12 routes), Town13 (8 routes)"),
        (Topic.TOWNS, "simulator", "maps", "names=-", NodeVerdict.UNKNOWN, "needed: Town12 (12)"),
        (Topic.EVALUATOR, "agent", "evaluator", "state=failed text=ImportError: no srunner here",
         NodeVerdict.FAILS, "ImportError: no srunner here"),
        (Topic.EVALUATOR, "agent-1", "python", "version=-", NodeVerdict.OK, "Python ?"),
        (Topic.AGENT, "agent", "agent", "state=missing path=/x.py", NodeVerdict.FAILS, "/x.py"),
        (Topic.AGENT, "agent", "agent", "state=missing path=-", NodeVerdict.FAILS, "not set"),
        (Topic.AGENT, "agent", "agent", "state=failed text=boom", NodeVerdict.FAILS, "boom"),
        (Topic.AGENT, "agent", "config", "exists=no path=/c.json", NodeVerdict.WARNING, "/c.json"),
        (Topic.MEMORY, "agent", "memory", "shm=65536 uid=0", NodeVerdict.WARNING, "64 MiB"),
        (Topic.MEMORY, "agent", "memory", "shm=- uid=0", NodeVerdict.UNKNOWN, "could not be told"),
        (Topic.DISK, "logcopy", "disk", "free=1073741824 total=1", NodeVerdict.FAILS, "1.0 GiB free"),
        (Topic.DISK, "logcopy", "disk", "free=10737418240 total=1", NodeVerdict.WARNING, "10.0 GiB"),
    ],
)  # fmt: skip
def test_what_is_missing_is_found_under_its_topic(
    topic: Topic, container: str, fact: str, instead: str, verdict: NodeVerdict, words: str
) -> None:
    found = of(topic, judged(seen({container: (fact, instead)})))
    assert (verdict, True) in [(each.verdict, words in each.text) for each in found]


def test_two_pairs_on_one_gpu_are_named_unless_they_share_it_on_purpose() -> None:
    alike = "gpus=1 index=0 uuid=GPU-1 driver=1 told=- shared={} name=A10G"
    changed = {f"{half}-2": ("gpu", alike.format("no")) for half in ("simulator", "agent")}
    assert "pair 2: pair 1 is on its GPU, GPU-1" in [
        each.text for each in of(Topic.GPUS, judged(seen(changed)))
    ]
    changed = {f"{half}-2": ("gpu", alike.format("yes")) for half in ("simulator", "agent")}
    assert {each.verdict for each in of(Topic.GPUS, judged(seen(changed)))} == {NodeVerdict.OK}


@pytest.mark.parametrize(
    ("seconds", "verdict", "words"),
    [
        (3, NodeVerdict.OK, "agrees"),
        (20, NodeVerdict.OK, "agrees"),
        (100, NodeVerdict.WARNING, "80 s or more ahead of"),
        (-100, NodeVerdict.WARNING, "100 s or more behind"),
        (900, NodeVerdict.FAILS, "880 s or more ahead of"),
    ],
)
def test_a_clock_is_wrong_only_by_what_can_be_proved(
    seconds: int, verdict: NodeVerdict, words: str
) -> None:
    changed = {"logcopy": ("clock", f"epoch={AT.timestamp() + seconds:.3f}")}
    (found,) = of(Topic.CLOCK, judged(seen(changed)))
    assert found.verdict is verdict
    assert words in found.text


def test_a_server_says_why_it_could_not_begin_in_its_most_telling_words() -> None:
    said = "text=Could not initialize SDL: x11 not available|text=RequestExit(bForce=true)"
    ended = {
        "simulator-1": ("words", said),
        "simulator": ("server", "state=ended exit=1 seconds=2 port=2000"),
    }
    found = judged(seen(ended))
    assert any("Could not initialize SDL" in each.text for each in of(Topic.SERVER, found))
    assert NodeVerdict.FAILS in {each.verdict for each in of(Topic.DISPLAY, found)}


def test_containers_that_told_nothing_are_named_with_the_clusters_reason() -> None:
    why = "its image cannot be pulled"
    found = of(Topic.START, judged(seen(agent_1=why, agent_3=why)))
    assert [each.text for each in found if each.verdict is NodeVerdict.FAILS] == [
        f"agent-1, agent-3: {why}"
    ]


def test_where_no_container_runs_its_reason_comes_before_any_name() -> None:
    silent = dict.fromkeys(PLAN.containers, "No node can take the pod.")
    found = judged(SeenByHalves(PLAN, {}, silent, AT, AT))
    (start,) = of(Topic.START, found)
    assert start.text == "no container runs: No node can take the pod."
    assert [each.text for each in of(Topic.ROUTES, found)] == ["nothing was told of it"]


def test_what_only_some_halves_told_is_said_of_those_alone() -> None:
    found = judged(seen(agent_2="gone", simulator_3="gone"))
    (gpus,) = of(Topic.GPUS, found)
    assert (gpus.verdict, gpus.text[:22]) == (NodeVerdict.UNKNOWN, "agent-2, simulator-3: ")
    for topic, names in (
        (Topic.EVALUATOR, "agent-1, agent-3, agent-4: "),
        (Topic.SERVER, "simulator-1, simulator-2, simulator-4: "),
        (Topic.TOWNS, "simulator-1, simulator-2, simulator-4: "),
    ):
        good = [each for each in of(topic, found) if each.verdict is NodeVerdict.OK]
        assert [each.text.startswith(names) for each in good] == [True], topic


def test_only_the_first_line_of_a_topic_counts_and_a_flood_is_bounded() -> None:
    lines = ["preflight: memory shm=1 uid=0", "preflight: memory shm=2 uid=0"]
    told = told_by("agent-1", [*lines, *["preflight: note text=x"] * 10_000, "no fact"])
    assert told.value("memory", "shm") == "1"
    assert len(told.facts) <= 200
