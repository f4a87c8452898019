"""The plans of Jobs: each template is taken apart once, whoever was launched with it. Pure.

A list has thousands of Jobs of a few shapes. Two of one shape differ in their images, the nonce of
their progress lines and the name of their ConfigMap; these are read by themselves, and the rest of
the plan is the one that was read first. What looks unusual is always taken apart as a whole.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec
from msgspec.structs import replace

from console.cluster import wire
from console.domain.submission import INIT, LOGCOPY, Images, SubmissionPlan
from console.errors import ConsoleError
from console.specs.plan import RESUMES_ANNOTATION, plan_of

PLANS_KEPT = 20_000
"""More than a namespace has Jobs: taking a template apart costs twenty times the rest of a Job."""
SHAPES_KEPT = 256
# A quote inside a value is written with a backslash, so that neither can begin within one.
_IMAGE = re.compile(rb'"image":"[^"\\]*"')
_NONCE = re.compile(rb'"name":"PROGRESS_NONCE","value":"([A-Za-z0-9_-]*)"')


class _NamedImage(msgspec.Struct, frozen=True):
    name: str = ""
    image: str = ""


class _ImagesOfPod(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[_NamedImage, ...] = ()
    init_containers: tuple[_NamedImage, ...] = ()

    def images(self) -> dict[str, str]:
        return {each.name: each.image for each in (*self.init_containers, *self.containers)}


_pod = msgspec.json.Decoder(_ImagesOfPod)


class Plans:
    """Remembers each Job's plan, for its template never changes, and each shape's."""

    def __init__(self) -> None:
        self._plans: dict[str, SubmissionPlan | None] = {}
        self._shapes: dict[bytes, SubmissionPlan] = {}

    def of(self, job: wire.Job, raw: Any) -> SubmissionPlan | None:
        """None where the Job is no submission of ours: others are listed without one."""
        uid = job.metadata.uid
        if uid not in self._plans:
            _make_room(self._plans, PLANS_KEPT)
            self._plans[uid] = self._read(job, raw)
        return self._plans[uid]

    def _read(self, job: wire.Job, raw: Any) -> SubmissionPlan | None:
        found = _shape(job)
        if found is None:
            return _taken_apart(raw)
        shape, nonce, images = found
        known = self._shapes.get(shape)
        if known is not None:
            return replace(
                known,
                name=job.metadata.name,
                namespace=job.metadata.namespace or "default",
                backoff_limit=job.spec.backoff_limit,
                nonce=nonce,
                images=_images(known, images),
            )
        plan = _taken_apart(raw)
        if plan is not None and (plan.nonce, plan.images) == (nonce, _images(plan, images)):
            _make_room(self._shapes, SHAPES_KEPT)
            self._shapes[shape] = plan
        return plan


def _shape(job: wire.Job) -> tuple[bytes, str, dict[str, str]] | None:
    """What two Jobs of one shape share, as a digest; beside it what is this Job's own."""
    pod = bytes(job.spec.template.spec)
    try:
        images = _pod.decode(pod).images()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    nonces = _NONCE.findall(pod)
    if len(nonces) != 1:
        return None
    own = f'"{job.metadata.name}-workers"'.encode()
    same = _NONCE.sub(b"", _IMAGE.sub(b"", pod)).replace(own, b"")
    digest = hashlib.blake2b(same, digest_size=16)
    digest.update(b"resumes" if RESUMES_ANNOTATION in (job.metadata.annotations or {}) else b"")
    return digest.digest(), nonces[0].decode(), images


def _images(plan: SubmissionPlan, images: dict[str, str]) -> Images:
    first = plan.pairs[0].number
    wanted = (INIT, f"simulator-{first}", f"agent-{first}", LOGCOPY)
    return Images(*(images.get(name, "") for name in wanted))


def _taken_apart(raw: Any) -> SubmissionPlan | None:
    try:
        return plan_of(msgspec.json.decode(raw))
    except ConsoleError:
        return None


def _make_room(kept: dict[Any, Any], most: int) -> None:
    """The oldest goes: memory stays bounded however long the console is open."""
    if len(kept) >= most:
        del kept[next(iter(kept))]
