"""The same scenes on a real cluster and on the embedded one: the same story, word for word.

What is played is in `scenes.SCENES` (small Jobs: success, failures with and without restarts, a
failing init container, a deadline, a program, image, image name, Secret, ConfigMap or node that is
not there, a suspended Job) and in `stage.SUBMISSIONS` (to the end, through five crashes, to the end
of the budget, cancelled, deleted, with a failing init container, with an image that cannot be
pulled). Everything that stays different stands here, with its reason; what cannot be seen from
outside is that containers of the embedded cluster are processes of one user without isolation, for
which securityContext (users, capabilities, a read-only image) means nothing.
"""

from __future__ import annotations

import difflib
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.cluster import binaries
from tests.e2e.cluster.cluster import RealCluster
from tests.e2e.cluster.settings import KUBERNETES_VERSION
from tests.e2e.harness import NAMESPACE, Console, clean
from tests.e2e.parity import Access
from tests.e2e.refusals import REQUESTS, answers
from tests.e2e.scenes import SCENES
from tests.e2e.stage import RECORDED, SUBMISSIONS, Side
from tests.e2e.tables import Kubectl, plain, rows, sections
from tests.e2e.told_logs import without_chance

SCENARIOS = Path(__file__).parent / "cluster" / "scenarios"
PULLED_ONLY_THERE = {("Pod", "Pulling", "Normal", "kubelet")}
"""The embedded cluster pulls its stand-ins; here all images are on the node already."""
SUSPENDED_FOR_A_MOMENT = {
    ("Job", "Suspended", "Normal", "job-controller"),
    ("Job", "Resumed", "Normal", "job-controller"),
}
"""A launch creates the Job suspended and resumes it once its ConfigMap is there, some milliseconds
later: whether a Job controller, which looks once in a while, sees the first state is chance."""
DROPPED = {
    ("Pod", "Killing", "Normal", "kubelet"),
    ("Pod", "BackOff", "Warning", "kubelet"),
    ("Pod", "Failed", "Warning", "kubelet"),
}
"""A kubelet drops the events of one pod after the first 25; ten containers use them up by starting.
The small Jobs show each of these events."""
LATE = {("Pod", "FailedMount", "Warning", "kubelet")}
"""A busy kubelet has not heard of a ConfigMap that is there already; it tries again."""
KILLED_OR_OVER = {("Pod", "Killing", "Normal", "kubelet")}
ENDED_BY_THE_LIMIT = {"fails-again", "init-fails"}
"""Whether the last run, which is as short as can be, is over when its pod is deleted is chance."""
POD_DELETED = ENDED_BY_THE_LIMIT | {"no-program", "too-late"}
"""The Job's failure takes the pod with its log; whether it is gone already is chance."""
WITHOUT_A_POD = "suspended"
STARTS = {"Created", "Started"}
"""Older versions name the container here; the embedded cluster has the words of the newest."""
OF_A_MOMENT = ("failed to sync configmap cache", "skip schedule deleting pod")
"""A busy kubelet's first word about a ConfigMap, before it knows whether there is one; and a
scheduler's that had a pod in hand just when it was deleted."""
IMAGES = {"Pulling", "Pulled"}
"""Events of images, which the embedded cluster pulls while here they are on the node already."""
RUNTIME_FAILURES = {"no-program", "no-image"}
"""How a runtime says that there is no program or no registry is its own, and differs by version."""
PAIR_OF_THE_LAST_CRASH = {"simulator-3", "agent-3"}
"""Which half comes back first, and so reaches the limit, is chance: the other may not restart."""
CUT_SHORT = "hopeless"
"""How far the other pairs are when the crashing one ends the Job, and so their exits, is chance."""
ACCEPTED = {
    "a wrong type": "the Go struct in the decoder's message",
    "a wrong selector": "the wording of the selector's parser",
}
"""Answers whose text differs, with what differs; their code and reason are the same."""
OWN_WORDS = {
    "nodes wide": "versions, operating system and runtime of the node",
    "get nodes": "the version of the node",
    "get configmaps": "no container gets a token, so the embedded cluster has no kube-root-ca.crt",
    "configmaps wide": "the same",
    "get events": "which events a kubelet drops, and that the embedded cluster pulls its images",
}
"""Tables of which only the head and the shape are the same, with what differs."""
_OF_THE_RUNTIME = re.compile(r'(Error: |nothing:1": )failed to .*', re.DOTALL)
_DIFFERENT_ANYWAY = (
    (re.compile(r"(PROGRESS_NONCE: +)\w+"), r"\1NONCE"),
    (re.compile(r"(Container ID: +)\S+"), r"\1ID"),
    (re.compile(r"(Image ID: +)\S+"), r"\1ID"),
    (re.compile(r"\bafter \d+ s\b"), "after SECONDS"),
    (re.compile("ErrImagePull|ImagePullBackOff"), "NOT-PULLED"),
)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    place = tmp_path_factory.mktemp("embedded")
    console = Console(place / "console", place / "none")
    assert console("local", "up").returncode == 0
    path = Path(console("local", "kubeconfig").stdout.strip())
    shutil.copytree(SCENARIOS, console.state / "scenarios")
    yield Console(console.state, path)
    console("local", "down")


@pytest.fixture(scope="module")
def sides(
    cluster: RealCluster, embedded: Console, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Side, Side]]:
    """The real cluster and the embedded one, after everything has been played on both at once."""
    home = tmp_path_factory.mktemp("parity")
    program = binaries.kube_binary(cluster.settings, print)
    pki = cluster.settings.pki
    own = Access.of(embedded.kubeconfig, NAMESPACE)
    own.send("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    real = Side(
        Console(home / "console", pki / "account.kubeconfig"),
        Access.of(pki / "admin.kubeconfig", NAMESPACE),
        Kubectl(program, pki / "admin.kubeconfig", NAMESPACE, home / "real"),
        answers,
    )
    mine = Side(
        embedded, own, Kubectl(program, embedded.kubeconfig, NAMESPACE, home / "own"), answers
    )
    with ThreadPoolExecutor() as both:
        played = [both.submit(side.play) for side in (real, mine)]
        yield played[0].result(), played[1].result()
    clean(cluster)


@pytest.mark.parametrize("name", [*SCENES, *SUBMISSIONS])
def test_a_scene_has_the_same_story_on_both(sides: tuple[Side, Side], name: str) -> None:
    """Conditions, phases, ended runs, restart counts, reasons for waiting, and events."""
    theirs, ours = (side.stories[name] for side in sides)
    chance = PAIR_OF_THE_LAST_CRASH if name == CUT_SHORT else set()
    if name in SUBMISSIONS:
        assert settled(ours.conditions()) == settled(theirs.conditions())
        accepted = PULLED_ONLY_THERE | SUSPENDED_FOR_A_MOMENT | DROPPED | LATE
    else:
        assert ours.conditions() == theirs.conditions()
        accepted = PULLED_ONLY_THERE
        accepted = accepted | KILLED_OR_OVER if name in ENDED_BY_THE_LIMIT else accepted
    assert ours.phases() == theirs.phases()
    assert name == CUT_SHORT or ours.runs() == theirs.runs()
    assert without(chance, ours.restarts().items()) == without(chance, theirs.restarts().items())
    assert ours.waiting() == theirs.waiting()
    assert ours.event_kinds() - accepted == theirs.event_kinds() - accepted


def settled(conditions: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Without the moment between creation and ConfigMap, in which a launched Job is suspended."""
    moment = [("Suspended", "True", "JobSuspended"), ("Suspended", "False", "JobResumed")]
    return conditions[2:] if conditions[:2] == moment else conditions


def without(names: set[str], rows: object) -> set[tuple[object, ...]]:
    return {tuple(row) for row in rows if row[0] not in names}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", RECORDED)
def test_every_container_has_the_same_log_on_both(sides: tuple[Side, Side], name: str) -> None:
    """Times, durations, addresses and the embedded cluster's folders apart."""
    theirs, ours = (side.logs[name] for side in sides)
    assert ours.keys() == theirs.keys()
    for container, lines in theirs.items():
        assert len(lines) > 1, container
        assert ours[container] == lines, container


@pytest.mark.parametrize("name", sorted(SCENES.keys() - POD_DELETED))
def test_a_log_request_gets_the_same_answer_on_both(sides: tuple[Side, Side], name: str) -> None:
    """Of a run that goes on, ended, was restarted, or never began, and of the one before it."""
    theirs, ours = (side.told[name] for side in sides)
    assert theirs or name == WITHOUT_A_POD
    assert ours == theirs


@pytest.mark.parametrize("name", SCENES)
def test_the_events_of_a_scene_say_the_same_on_both(
    cluster: RealCluster, sides: tuple[Side, Side], name: str
) -> None:
    theirs, ours = (side.stories[name].event_texts() for side in sides)
    left_out = IMAGES
    if name in ENDED_BY_THE_LIMIT:
        left_out = left_out | {"Killing"}
    if cluster.settings.kubernetes != KUBERNETES_VERSION:
        left_out = left_out | STARTS
    ours, theirs = (
        {
            (reason, message)
            for reason, message in one
            if reason not in left_out and not any(each in message for each in OF_A_MOMENT)
        }
        for one in (ours, theirs)
    )
    if name in RUNTIME_FAILURES:
        ours, theirs = (set(map(of_the_kubelet, one)) for one in (ours, theirs))
    assert ours == theirs


def of_the_kubelet(event: tuple[str, str]) -> tuple[str, str]:
    """Without what a runtime says of why it failed, which follows the kubelet's own words."""
    reason, message = event
    return reason, _OF_THE_RUNTIME.sub(r"\1", message)


@pytest.mark.parametrize("title", REQUESTS)
def test_an_error_has_the_same_code_and_body_on_both(sides: tuple[Side, Side], title: str) -> None:
    theirs, ours = (side.answers[title] for side in sides)
    if title in ACCEPTED:
        assert ours != theirs, f"{title}: no difference any more"
        ours, theirs = ((code, body["reason"]) for code, body in (ours, theirs))
    assert ours == theirs


def test_kubectl_prints_the_same_tables_on_both(sides: tuple[Side, Side]) -> None:
    theirs, ours = (side.tables for side in sides)
    assert ours.keys() == theirs.keys()
    different = []
    for title, text in theirs.items():
        lines = [shown(title, each) for each in (ours[title], text)]
        if title in OWN_WORDS:
            lines = [[each[0]] for each in lines]
        if lines[0] != lines[1]:
            theirs_first = ([str(line) for line in each] for each in reversed(lines))
            different += [title, *difflib.unified_diff(*theirs_first, "real", "embedded", n=0)]
    assert not different, "\n".join(different)


def shown(title: str, text: str) -> list[object]:
    text = "\n".join(without_chance(plain(text)))
    for pattern, word in _DIFFERENT_ANYWAY:
        text = pattern.sub(word, text)
    return [*(sections(text) if "describe" in title else rows(text))]
