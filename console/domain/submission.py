"""A submission as it was asked for: its drives, its pairs, its images.

Values only. Knows no YAML and no Kubernetes object: `console.specs.plan` reads them from a Job.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from console.domain.driven_again import DrivenAgain
from console.results.drives import Drives

INIT, LOGCOPY = "private-contents", "logcopy"
"""The init container, and the ninth one, beside the halves of the pairs."""
UPLOADER, MONITOR = "aws-uploader", "monitor"
"""What takes logcopy's place in Jobs of upstream's: beside each worker, and in a Job of its own."""
MONITOR_INDEX = -1
"""Of the monitor's pod among those of the workers, which count from 0: it is pair 0, and none."""
USUAL_PAIRS = 4
"""Of our own specs: what is expected of a submission while nobody has told its plan."""
FIRST_CARLA_PORT = 2000
PORTS_BETWEEN_PAIRS = 100
TRAFFIC_MANAGER_OFFSET = 10
LONGEST_JOB_NAME = 63
"""Characters: Kubernetes writes the name into a label of every pod."""
_OF_EVALAI = re.compile(r"submission-\d+")
UNCUT_JOB_NAME = 58
"""Characters of a Job's name that reach the pod's name; the rest is cut off there."""


class Layout(StrEnum):
    """How the pairs of a submission lie in pods."""

    ONE_POD = "one-pod"
    """All pairs and logcopy in one, on one node."""
    POD_PER_PAIR = "pod-per-pair"
    """Each pair is an index of the Job, with a logcopy of its own, on whatever node has a GPU."""


class HangLimits(msgspec.Struct, frozen=True, gc=False):
    """Seconds after which a pair's supervisor ends it, as its Job says; None where it never does.

    The usual ones are those of `workers/pair_clock.sh`.
    """

    idle: float | None = 800.0
    """Without a line of the evaluator."""
    tick: float | None = 400.0
    """Without simulated time while a route runs."""
    boot: float = 600.0
    """Until the server listens."""


class PairPlan(msgspec.Struct, frozen=True, gc=False):
    """One simulator and the agent that drives in it."""

    number: int
    """From 1; the containers are `simulator-<number>` and `agent-<number>`. In a pod of its own
    they are `simulator` and `agent` there, and index `number - 1` of the Job."""
    gpu: int | None
    """Index of the GPU that the Job tells both halves by hand, from 0; None where the cluster
    chooses. Which one they got is another thing: the halves say it themselves."""
    carla_port: int
    """The server's RPC port; it takes the two above as well."""
    traffic_manager_port: int
    limits: HangLimits = HangLimits()

    @property
    def simulator(self) -> str:
        return f"simulator-{self.number}"

    @property
    def agent(self) -> str:
        return f"agent-{self.number}"

    @property
    def ports(self) -> tuple[int, ...]:
        """Every port of the pod's network that this pair listens on."""
        first = self.carla_port
        return (first, first + 1, first + 2, self.traffic_manager_port)

    @classmethod
    def usual(cls, number: int) -> PairPlan:
        """Pair `number` with the GPU and the ports that follow from its number."""
        port = FIRST_CARLA_PORT + PORTS_BETWEEN_PAIRS * (number - 1)
        return cls(number, number - 1, port, port + TRAFFIC_MANAGER_OFFSET)


class Images(msgspec.Struct, frozen=True, gc=False):
    """The image references of a submission, by what they are for."""

    leaderboard: str
    simulator: str
    agent: str
    logcopy: str


class UpstreamPlan(msgspec.Struct, frozen=True, gc=False):
    """What Jobs of upstream's state machine say beside their pairs: one for each worker, and a
    monitor's, which merges in a bucket and tells EvalAI."""

    workers_asked: int | None
    """There may be fewer: no worker is without a route. None where no monitor says it."""
    stored_in: str
    """`s3://bucket/1234`; empty where no Job says it."""


class SubmissionPlan(msgspec.Struct, frozen=True, gc=False):
    """What a submission's Job will do, or was asked to do."""

    name: str
    namespace: str
    drives: Drives
    """Of the Leaderboard; its subsets are in the order of the pairs."""
    backoff_limit: int
    """Sum of container restarts at which the Job fails; with a pod for each pair the failed pods
    that each pair may have."""
    pairs: tuple[PairPlan, ...]
    """In ascending order of their numbers."""
    nonce: str
    """What marks logcopy's progress lines as its own; empty when the Job carries none."""
    images: Images
    track: str = "SENSORS"
    routes_file: str = ""
    """Where an evaluator reads its routes; empty where the Job does not say."""
    counted_upstream: bool = False
    """Upstream's state machine started it, and counts the marks that it leaves."""
    team_id: str = ""
    """The challenge server's number of the team; empty where the Job does not say."""
    layout: Layout = Layout.ONE_POD
    driven_again: tuple[DrivenAgain, ...] = ()
    """Drives that an earlier submission had finished, and that this one drives anew."""
    upstream: UpstreamPlan | None = None
    """Upstream made its Jobs: nothing of it is ours to change, and no log of it tells results."""

    @property
    def containers(self) -> tuple[str, ...]:
        """Names of the containers after the init container, in the Job's order; those of all pods,
        as `facts` tell them apart."""
        halves = (name for pair in self.pairs for name in (pair.simulator, pair.agent))
        if self.upstream is not None:
            return (*halves, *(f"{UPLOADER}-{pair.number}" for pair in self.pairs), MONITOR)
        return (*halves, *self.logcopies)

    @property
    def logcopies(self) -> tuple[str, ...]:
        """The one logcopy, or the one of each pair; none where upstream merges."""
        if self.upstream is not None:
            return ()
        if self.layout is Layout.ONE_POD:
            return (LOGCOPY,)
        return tuple(f"{LOGCOPY}-{pair.number}" for pair in self.pairs)

    @property
    def preparing(self) -> tuple[str, ...]:
        """What runs before the halves, in their one pod or in that of each pair."""
        if self.layout is Layout.ONE_POD:
            return (INIT,)
        return tuple(f"{INIT}-{pair.number}" for pair in self.pairs)

    def part(self, pair: int) -> SubmissionPlan:
        """What is asked of that pair alone, under its own number: what its logcopy tells of."""
        at = next(n for n, each in enumerate(self.pairs) if each.number == pair)
        drives = self.drives._replace(subsets=(self.drives.subsets[at],))
        return replace(self, pairs=(self.pairs[at],), drives=drives)

    @property
    def has_all_pairs(self) -> bool:
        """Nothing that was launched is missing here, as a Job of upstream's that is gone may be."""
        asked = self.upstream.workers_asked if self.upstream is not None else 0
        return asked is not None and len(self.pairs) >= asked

    @property
    def routes(self) -> dict[int, tuple[str, ...] | None]:
        """Pair -> ids of its routes, once each; None where only the routes file tells them."""
        return {pair.number: own for pair, own in zip(self.pairs, self.drives.routes, strict=True)}

    @property
    def subsets(self) -> dict[int, str]:
        """Pair -> its routes as the evaluator gets them: `0-4`."""
        numbers = (pair.number for pair in self.pairs)
        return dict(zip(numbers, self.drives.subsets, strict=True))


def is_logcopy(name: str) -> bool:
    """Whether a container of that name is the logcopy, or that of one pair."""
    return re.fullmatch(rf"{LOGCOPY}(-[1-9]\d{{0,2}})?", name) is not None


def free_name(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or it with the next free number: `demo`, `demo-2`, `demo-3`.

    Stays short enough that the pod's name carries all of it. The number of `submission-12` is
    EvalAI's, and so is a longer one: another number would be another submission's.
    """
    if wanted not in taken:
        return wanted
    stem = wanted if _OF_EVALAI.fullmatch(wanted) else re.sub(r"-\d{1,2}$", "", wanted)
    number = 2
    while (name := _numbered(stem, number)) in taken:
        number += 1
    return name


def _numbered(stem: str, number: int) -> str:
    suffix = f"-{number}"
    return stem[: UNCUT_JOB_NAME - len(suffix)].rstrip("-.") + suffix
