"""What a template asks for, as fields of a form: label, kind, default, help, a check while typing.

Draws no form. Texts are here because a path such as `submission.track_id` says too little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from console.specs import gpu_ways, names, node_choice, node_gpus, shape, site_values, surroundings
from console.specs.adjustments import whole_number
from console.specs.document_places import spell
from console.specs.plan import layout_of, subsets_of
from console.specs.pod import containers, descend
from console.specs.pods_apart import limit_of_each
from console.specs.schema import kind_at
from console.specs.step_input import TEAM_NAME
from console.specs.template import Template
from console.specs.tolerations import spelled
from console.specs.tracks import tracks_of
from console.specs.values import Values


class Parameter(msgspec.Struct, frozen=True):
    """One value that a template asks for."""

    path: str
    """`submission.name`"""
    label: str
    kind: str
    """`string`, `integer` or another type of `console.specs.schema`."""
    default: Any
    """What the profile says, None where it says nothing."""
    required: bool
    """No default: it has to be given. A template of one's own may do without a number of `job`."""
    help: str
    validator: str
    """A key of VALIDATORS."""
    used_at: tuple[str, ...]
    """Where the manifest takes it."""
    origin: str
    """Who said the default; empty without one."""
    choices: tuple[str, ...] = ()


_FIELDS: dict[str, tuple[str, str, str]] = {
    "submission.name": (
        "Name",
        "job-name",
        "Names the Job; no other Job of the namespace may have it.",
    ),
    "submission.submitted_image_uri": ("Agent image", "image", "The team's own image."),
    "submission.track_codename": ("Track", "track", "Which sensors the agent may use."),
    "submission.resume": (
        "Resume",
        "resume",
        "Empty starts anew. 1 continues from the results that the volumes hold.",
    ),
    TEAM_NAME: ("Team", "text", "Its name, as lists show it. May stay empty."),
    "submission.submission_id": ("Submission id", "text", "The challenge server's number of it."),
    "submission.challenge_id": ("Challenge id", "text", "The challenge server's number of it."),
    "submission.team_id": ("Team id", "text", "The challenge server's number of the team."),
    "submission.track_id": ("Phase id", "text", "The challenge server's number of the track."),
    shape.PAIRS: (
        "Pairs",
        shape.PAIRS,
        f"1 to {shape.MOST_PAIRS}, or {shape.MOST_PODS} with a pod each; a GPU each; no more than "
        "there are routes.",
    ),
    shape.ROUTES: (
        "Routes",
        shape.ROUTES,
        "How many from the first; or ids: 3,7,12-15, 7-7; or all of the routes file; "
        "0-4;5-9 pair by pair.",
    ),
    shape.LAYOUT: (
        "Pods",
        shape.LAYOUT,
        "one-pod: all pairs on one node; pod-per-pair: each on whatever node has a GPU, with a "
        "restart budget of its own.",
    ),
    shape.SPLIT: (
        "Shared out by",
        shape.SPLIT,
        "count: as many for each pair; duration: so that all end together, by earlier drives.",
    ),
    "cluster.instance_type": (
        "Instance type",
        "label-value",
        "Nodes with this label are taken; empty: any node.",
    ),
    node_choice.SELECTOR: (
        "Node labels",
        node_choice.SELECTOR,
        "Further ones that a node must have: gpu=a10g, more after a comma.",
    ),
    node_gpus.GPUS_PER_NODE: (
        "GPUs per node",
        node_gpus.GPUS_PER_NODE,
        "As many pairs have room; empty: what is known of the instance type.",
    ),
    node_gpus.SHARES: (
        "Shares per GPU",
        node_gpus.SHARES,
        "Of shared GPUs, as the node cuts them; a pair takes two. Empty: not known.",
    ),
    gpu_ways.WAY: (
        "GPUs by",
        gpu_ways.WAY,
        "limits: indices told by hand, one submission a node; claims: dynamic resource allocation; "
        "shared: shares of GPUs.",
    ),
    gpu_ways.RESOURCE: (
        "GPU resource",
        gpu_ways.RESOURCE,
        "Of limits and shared; empty: nvidia.com/gpu, and nvidia.com/gpu.shared.",
    ),
    gpu_ways.DEVICE_CLASS: (
        "Device class",
        gpu_ways.DEVICE_CLASS,
        "The DeviceClass that claims ask for.",
    ),
    gpu_ways.RUNTIME_CLASS: (
        "Runtime class",
        gpu_ways.RUNTIME_CLASS,
        "nvidia, where the node's default runtime is another; may be empty.",
    ),
    gpu_ways.TOLERATIONS: (
        "Tolerations",
        gpu_ways.TOLERATIONS,
        "Taints of the GPU nodes: nvidia.com/gpu=present:NoSchedule, more after a comma.",
    ),
    surroundings.SERVER: (
        "Server",
        surroundings.SERVER,
        "Its start script in the simulator image; /workspace/CarlaUE4.sh, or CarlaUnreal.sh.",
    ),
    surroundings.DISPLAY: (
        "Display",
        surroundings.DISPLAY,
        "usual: 1.0 offscreen, 2.0 on the node's X server at /tmp/.X11-unix.",
    ),
    surroundings.SHM["agent"]: (
        "Agent's /dev/shm",
        surroundings.SHM["agent"],
        "Memory-backed, with this limit; empty: the runtime's 64 MB.",
    ),
    surroundings.SHM["simulator"]: (
        "Server's /dev/shm",
        surroundings.SHM["simulator"],
        "Memory-backed, with this limit; empty: the runtime's 64 MB.",
    ),
    **{
        path: (
            f"{half.capitalize()}'s {what if what == 'memory' else 'CPU'}",
            path,
            "Requested for each; empty: nothing. A pod that requests nothing is evicted first.",
        )
        for path, (half, what) in surroundings.REQUESTS.items()
    },
    surroundings.PRIVILEGES: (
        "Agent's privileges",
        surroundings.PRIVILEGES,
        "dropped: sudo and setuid programs of the image fail; kept: as the runtime has them.",
    ),
    "cluster.leaderboard_image": (
        "Leaderboard image",
        "image",
        "Holds the Leaderboard, the scenario runner, CARLA's Python API and the routes.",
    ),
    "cluster.simulator_image": ("Simulator image", "image", "Holds the CARLA server."),
    "cluster.logcopy_image": ("Logcopy image", "image", "Any image with Python 3.7 or newer."),
    "job.backoff_limit": (
        "Restart budget",
        "limit",
        "The sum of all container restarts at which Kubernetes ends the Job; a resume costs two. "
        "With a pod for each pair, as many resumes of each.",
    ),
    "job.repetitions": ("Repetitions", "count", "How often each route is driven."),
    "job.route_attempts": (
        "Attempts per route",
        "limit",
        "A route that crashes its pair this often is recorded as failed, and the pair goes on; "
        "0: never.",
    ),
    "job.logs_period": (
        "Report period",
        "count",
        "Seconds between two looks of logcopy at what the pairs have written.",
    ),
}


def parameters(template: Template, values: Values | None = None) -> tuple[Parameter, ...]:
    """Every value the template asks for, the ones people change most first; the team's name too.

    `values` give the defaults. Values of the launch itself (`workers`) are not asked for.
    """
    values = values or Values({})
    values = values.in_words(template.texts if values.written else ())
    order = [path for path in _FIELDS if path in (*template.paths, TEAM_NAME)]
    order += [path for path in template.paths if path not in _FIELDS]
    return tuple(_parameter(template, values, path) for path in order)


def _parameter(template: Template, values: Values, path: str) -> Parameter:
    label, validator, text = _FIELDS.get(path, (_spoken(path), "text", ""))
    used = [each for each in template.references if each.path == path]
    said = values.get(path)
    origin = "" if said is None else values.origin(path)
    if path.startswith("job."):
        kind = "integer"
        if said is None:
            said = written_out(template.document.content, path)
            origin = template.document.source
    elif path in shape.SHAPE_VALUES:
        kind = "integer" if path == shape.PAIRS else "string"
        if said is None:
            said, origin = _written_shape(template, values, path), template.document.source
    elif path in site_values.DEFAULTS and not used:
        kind = "string"
        if said is None:
            said, origin = site_values.DEFAULTS[path], template.document.source
        said = spelled(said) if path == gpu_ways.TOLERATIONS else said
    else:
        kind = kind_at(used[0].place) if used else "string"
    used_at = tuple(spell(each.place) for each in used)
    choices = (
        tracks_of(template) if validator == "track" else site_values.CHOICES.get(validator, ())
    )
    required = said is None and path != TEAM_NAME and not path.startswith("job.")
    choices = shape.CHOICES.get(path, choices)
    return Parameter(path, label, kind, said, required, text, validator, used_at, origin, choices)


def _written_shape(template: Template, values: Values, path: str) -> int | str:
    """What holds where nobody says anything."""
    content = template.document.content
    if path == shape.PAIRS:
        apart = shape.is_apart(content, values)
        return shape.usual_pairs(len(subsets_of(content)), values, apart=apart)
    if path == shape.LAYOUT:
        return layout_of(content).value
    return shape.written_routes(content) if path == shape.ROUTES else shape.Split.COUNT.value


def _spoken(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ").capitalize()


def written_out(content: Mapping[str, Any], path: str) -> int | None:
    """The number of `job` that a template or a Job itself says."""
    if path == "job.backoff_limit":
        each = limit_of_each(content)
        # A server writes a limit of its own beside that of each.
        said = descend(content, ("spec", "backoffLimit")) if each is None else each
        return whole_number(said, least=0)
    variable = path.removeprefix("job.").upper()
    said = (each.env.get(variable) for each in containers(content))
    return next((whole_number(text, least=0) for text in said if text), None)


def as_value(parameter: Parameter, text: str) -> Any:
    """Text of a flag or a form field as the kind of value that the manifest wants.

    What cannot be converted stays text, for `problem` and `compose` to complain about.
    """
    if parameter.kind == "integer" and (number := whole_number(text, least=0)) is not None:
        return number
    if parameter.kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def problem(parameter: Parameter, text: str) -> str:
    """Why `text` cannot be this parameter's value, as a sentence; empty when it can."""
    wrong = VALIDATORS[parameter.validator](text)
    if not wrong and parameter.choices and text not in parameter.choices:
        wrong = "is one of " + ", ".join(parameter.choices)
    return f"{parameter.label} {wrong}." if wrong else ""


def _resume(text: str) -> str:
    # The evaluator takes any text at all for yes, also 0 and False.
    return "" if text in ("", "1") else "is empty or 1"


def _count(text: str) -> str:
    return "" if whole_number(text, least=1) else "is a whole number from 1"


def _limit(text: str) -> str:
    return "" if whole_number(text, least=0) is not None else "is a whole number from 0"


def _text(text: str) -> str:
    return "" if text.isprintable() else "holds a character that cannot be printed"


def _instance_type(text: str) -> str:
    return names.label_value(text) if text else ""


VALIDATORS: dict[str, Callable[[str], str]] = {
    "job-name": names.job_name,
    "image": names.image,
    "object-name": names.subdomain,
    "label-value": _instance_type,
    "track": _text,
    "resume": _resume,
    "count": _count,
    "limit": _limit,
    "text": _text,
    **{path: partial(shape.value_mistake, path) for path in shape.SHAPE_VALUES},
    **{path: partial(site_values.value_mistake, path) for path in site_values.DEFAULTS},
}
