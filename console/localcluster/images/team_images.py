"""What a team's image has, lacks, or brings as copies of its own: variants by name. Pure.

`no-X` is an image in which X cannot be imported: `no-srunner`, `no-carla`, `no-leaderboard`,
`no-py-trees`; `no-agent` has no module of the team, `no-entry-point` one that names no class, and
`low-shm` has 64 MB of shared memory. `own-X` has another X of the team first on its path; with
`own-leaderboard` every route has 100 points. A tag is a scenario's name, a variant, or both:
`steady.no-srunner`.
"""

from __future__ import annotations

from dataclasses import dataclass

PACKAGES = "/opt/team"
_SITE = f"{PACKAGES}/site-packages"
_OWN = f"{PACKAGES}/own"
_USUAL = "quick"
_FOLDERS = {
    "carla": (
        "/workspace/CARLA/PythonAPI/carla/dist/carla-leaderboard-py3x.egg",
        "/workspace/CARLA/PythonAPI/carla",
    ),
    "srunner": ("/workspace/scenario_runner",),
    "leaderboard": ("/workspace/leaderboard",),
    "py-trees": (_SITE,),
}
"""Where an image has them that is made as the Leaderboard's documents say."""
NO_AGENT, NO_ENTRY_POINT, LOW_SHM = "no-agent", "no-entry-point", "low-shm"
VARIANTS = (
    *(f"no-{name}" for name in _FOLDERS),
    NO_AGENT,
    NO_ENTRY_POINT,
    LOW_SHM,
    *(f"own-{name}" for name in ("carla", "srunner", "leaderboard")),
)


@dataclass(frozen=True, slots=True)
class TeamImage:
    """The scenario and the variant of a tag; no variant is the image that has everything."""

    scenario: str
    variant: str = ""

    @property
    def python_path(self) -> str:
        """PYTHONPATH of the image."""
        kind, _, name = self.variant.partition("-")
        own = (_OWN,) if kind == "own" else ()
        has = [path for part, paths in _FOLDERS.items() for path in paths if part != name or own]
        return ":".join((*own, *has))

    @property
    def lacks_agent(self) -> bool:
        """The team's module is not there, or not what an evaluator can use."""
        return self.variant in (NO_AGENT, NO_ENTRY_POINT)

    @property
    def own(self) -> str:
        """The package of which the image has a copy of its own; empty for none."""
        return self.variant[len("own-") :] if self.variant.startswith("own-") else ""


def of_tag(tag: str) -> TeamImage:
    """The image that a tag names; a tag without a variant is a scenario."""
    scenario, _, variant = tag.rpartition(".")
    if variant in VARIANTS:
        return TeamImage(scenario or _USUAL, variant)
    return TeamImage(tag)
