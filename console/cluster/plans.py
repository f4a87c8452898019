"""The plans of Jobs: each template is taken apart once, whoever was launched with it. Pure.

A list has thousands of Jobs of a few shapes. Two of one shape differ in their images, the challenge
server's numbers, the nonce of their progress lines and the name of their ConfigMap; these are read
by themselves, and the rest of the plan is the one that was read first. What looks unusual is always
taken apart as a whole.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from console.cluster import bounds, wire
from console.cluster.failures import Asked
from console.cluster.room import make_room
from console.cluster.shapes import OwnValues, Shape, shape_of
from console.cluster.shortening import Shortening
from console.domain.submission import INIT, LOGCOPY, Images, Layout, SubmissionPlan
from console.errors import ConsoleError
from console.specs.again_annotation import driven_again_of
from console.specs.plan import RESUMES_ANNOTATION, plan_of

PLANS_KEPT = 20_000
"""More than a namespace has Jobs: taking a template apart costs twenty times the rest of a Job."""
SHAPES_KEPT = 64
"""The oldest goes; each Job that is new here is held against them all."""


class _FirstOfShape(msgspec.Struct, frozen=True):
    """A shape, whether its Jobs say how often they resume, and the plan of the first of them."""

    shape: Shape
    alike: Shape
    """The same with that one's images, which most Jobs of a team have."""
    resumes: bool
    plan: SubmissionPlan

    def plan_of(self, job: wire.Job, pod: bytes) -> SubmissionPlan | None:
        """None for a Job of another shape."""
        for shape in (self.alike, self.shape):
            if (own := shape.values(pod, job.metadata.name)) is not None:
                return self.plan_with(job, shape, own)
        return None

    def plan_with(self, job: wire.Job, shape: Shape, own: OwnValues) -> SubmissionPlan:
        """Of a Job of that one of the two shapes."""
        images = self.plan.images if shape is self.alike else _images(self.plan, own.images)
        return _renewed(self.plan, job, own, images)


class Plans:
    """Remembers each Job's plan, for its template never changes, and each shape's."""

    def __init__(self) -> None:
        self._plans: dict[str, SubmissionPlan | None] = {}
        self._shapes: dict[int, _FirstOfShape] = {}
        self._shortening = Shortening()
        self._shortened_by: list[tuple[_FirstOfShape, Shape]] = []
        """The shapes by which the last page was, in the order of their numbers."""

    @property
    def empty(self) -> bool:
        """No shape is known."""
        return not self._shapes

    def shortened(self, page: bytes) -> bytes:
        """A page of a list without the templates that are known. Of its Jobs `of` has to be asked
        before the next one is shortened."""
        known = self._shapes.values()
        self._shortened_by = [(each, shape) for each in known for shape in (each.alike, each.shape)]
        return self._shortening.shortened(page, [shape for _, shape in self._shortened_by])

    def of(self, job: wire.Job) -> SubmissionPlan | None:
        """None where the Job is no submission of ours: others are listed without one."""
        uid = job.metadata.uid
        if uid not in self._plans:
            make_room(self._plans, PLANS_KEPT)
            self._plans[uid] = self._read(job)
        return self._plans[uid]

    def _read(self, job: wire.Job) -> SubmissionPlan | None:
        name, pod = job.metadata.name, bytes(job.spec.template.spec)
        resumes = RESUMES_ANNOTATION in (job.metadata.annotations or {})
        if (told := self._shortening.told(pod)) is not None:
            first, known_shape = self._shortened_by[told.number]
            values = known_shape.own(told.values, name)
            if values is not None and first.resumes == resumes:
                return first.plan_with(job, known_shape, values)
            pod = known_shape.filled(told.values)
        for known in self._shapes.values():
            if known.resumes == resumes and (plan := known.plan_of(job, pod)) is not None:
                return plan
        plan, shape = _taken_apart(job, pod), shape_of(pod, name)
        own = shape.values(pod, name) if shape is not None else None
        if plan is not None and shape is not None and own is not None and _bears_out(plan, own):
            first = _FirstOfShape(shape, shape.with_images_of(pod), resumes, plan)
            make_room(self._shapes, SHAPES_KEPT)
            self._shapes[max(self._shapes, default=0) + 1] = first
        return plan


def _bears_out(plan: SubmissionPlan, own: OwnValues) -> bool:
    """What the plan says of its own values is what was cut out of the text."""
    told = (own.nonce, own.team_id, _images(plan, own.images))
    return (plan.nonce, plan.team_id, plan.images) == told


def _renewed(plan: SubmissionPlan, job: wire.Job, own: OwnValues, images: Images) -> SubmissionPlan:
    return replace(
        plan,
        name=job.metadata.name,
        namespace=job.metadata.namespace or "default",
        backoff_limit=_backoff_limit(plan, job.spec),
        nonce=own.nonce,
        images=images,
        team_id=own.team_id,
        driven_again=driven_again_of(job.metadata.annotations),
    )


def _backoff_limit(plan: SubmissionPlan, spec: wire.JobSpec) -> int:
    of_each = spec.backoff_limit_per_index if plan.layout is Layout.POD_PER_PAIR else None
    return spec.backoff_limit if of_each is None else of_each


def _images(plan: SubmissionPlan, images: dict[str, str]) -> Images:
    first = plan.pairs[0].number
    halves: tuple[str, ...] = (f"simulator-{first}", f"agent-{first}")
    if plan.layout is Layout.POD_PER_PAIR:
        halves = ("simulator", "agent")
    return Images(*(images.get(name, "") for name in (INIT, *halves, LOGCOPY)))


def _taken_apart(job: wire.Job, pod: bytes) -> SubmissionPlan | None:
    """From a manifest of what a plan is read from. A template without measure is none of ours."""
    meta = job.metadata
    asked = Asked("get", "jobs", meta.namespace, meta.name)
    try:
        bounds.check_shape(pod, asked)
        template = {"spec": msgspec.json.decode(pod)}
        spec = {
            "backoffLimit": job.spec.backoff_limit,
            "backoffLimitPerIndex": job.spec.backoff_limit_per_index,
            "template": template,
        }
        return plan_of({"metadata": msgspec.to_builtins(meta), "spec": spec})
    except ConsoleError:
        return None
