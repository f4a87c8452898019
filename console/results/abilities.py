"""How often an agent succeeds, and at what: the measures of Bench2Drive beside a driving score.

A drive succeeds when its route is driven to the end with no infraction but slowness. An ability is
the share of successes over the routes of its kinds of scenarios. Knows one drive at a time by its
kind, and no file. Standard-library Python 3.7.

Whoever fails at a traffic sign may still have passed it: Bench2Drive looks on a map for where the
route's first junction is. Without a map it is known of some of these drives only, so that a score
has a least and a most.
"""

from __future__ import annotations

from console.results import statuses
from console.results.named_tuple import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Sequence

_JUNCTION_TURNS = (
    "CrossingBicycleFlow", "EnterActorFlow", "NonSignalizedJunctionLeftTurn",
    "NonSignalizedJunctionLeftTurnEnterFlow", "NonSignalizedJunctionRightTurn",
    "SignalizedJunctionLeftTurn", "SignalizedJunctionLeftTurnEnterFlow",
    "SignalizedJunctionRightTurn",
)  # fmt: skip
_SUDDEN_AT_JUNCTIONS = (
    "BlockedIntersection", "OppositeVehicleRunningRedLight", "OppositeVehicleTakingPriority",
    "PedestrianCrossing", "VehicleTurningRoute", "VehicleTurningRoutePedestrian",
)  # fmt: skip
SIGNS = "Traffic_Signs"
ABILITIES = {
    "Overtaking": (
        "Accident", "AccidentTwoWays", "ConstructionObstacle", "ConstructionObstacleTwoWays",
        "HazardAtSideLane", "HazardAtSideLaneTwoWays", "ParkedObstacle", "ParkedObstacleTwoWays",
        "VehicleOpensDoorTwoWays",
    ),
    "Merging": (
        *_JUNCTION_TURNS,
        "HighwayCutIn", "HighwayExit", "InterurbanActorFlow", "InterurbanAdvancedActorFlow",
        "MergerIntoSlowTraffic", "MergerIntoSlowTrafficV2", "ParkingExit", "SequentialLaneChange",
    ),
    "Emergency_Brake": (
        *_SUDDEN_AT_JUNCTIONS,
        "ControlLoss", "DynamicObjectCrossing", "HardBreakRoute", "ParkingCrossingPedestrian",
        "ParkingCutIn", "StaticCutIn",
    ),
    "Give_Way": ("InvadingTurn", "YieldToEmergencyVehicle"),
    SIGNS: (
        *_JUNCTION_TURNS,
        *_SUDDEN_AT_JUNCTIONS,
        "T_Junction", "VanillaNonSignalizedTurn", "VanillaNonSignalizedTurnEncounterStopsign",
        "VanillaSignalizedTurnEncounterGreenLight", "VanillaSignalizedTurnEncounterRedLight",
    ),
}  # fmt: skip
"""Ability -> the kinds of scenarios that ask for it; some ask for two."""
_AT_SIGNS = ("stop_infraction", "red_light")


class JudgedDrive(NamedTuple):
    """What of a drive counts here. `scenario`: its kind, empty where nobody has told it."""

    scenario: str
    status: str
    route_score: float
    infractions: Mapping[str, Sequence[str]]

    @property
    def succeeded(self) -> bool:
        """As a whole drive."""
        return statuses.succeeded(self.status, self.infractions)

    @property
    def may_have_passed(self) -> bool:
        """A failure that can lie behind the sign, which only a map could tell."""
        obeyed = not any(self.infractions.get(kind) for kind in _AT_SIGNS)
        return not self.succeeded and obeyed and self.route_score > 0


class AbilityScore(NamedTuple):
    """Of so many drives that ask for it, `least` to `most` have shown it."""

    name: str
    least: int
    most: int
    drives: int

    @property
    def share(self) -> float | None:
        """Percent; None where no drive asks for it, or only a map could tell."""
        return 100 * self.least / self.drives if self.known else None

    @property
    def known(self) -> bool:
        return self.drives > 0 and self.least == self.most


class Successes(NamedTuple):
    """Of some drives. `abilities` is empty where the kind of one of them is unknown."""

    succeeded: int
    drives: int
    abilities: tuple[AbilityScore, ...]

    @property
    def rate(self) -> float | None:
        """Percent."""
        return 100 * self.succeeded / self.drives if self.drives else None

    @property
    def mean_ability(self) -> float | None:
        """Over the abilities; None unless each is known."""
        shares = [each.share for each in self.abilities if each.share is not None]
        whole = bool(shares) and len(shares) == len(self.abilities)
        return sum(shares) / len(shares) if whole else None

    def document(self) -> dict[str, Any]:
        """As plain values; null where nobody can tell."""
        return {
            "success_rate": self.rate,
            "succeeded": self.succeeded,
            "drives": self.drives,
            "abilities": {
                each.name: {"share": each.share, **each._asdict()} for each in self.abilities
            },
            "mean_ability": self.mean_ability,
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, percent and of how many drives; `?` where nobody can tell, with its bounds."""
        told = [("success rate", percent(self.rate), f"{self.succeeded} of {self.drives} drives")]
        told += [(spoken(each.name), percent(each.share), counted(each)) for each in self.abilities]
        return [*told, ("mean ability", percent(self.mean_ability), "")]

    def lines(self) -> list[str]:
        """The same as text."""
        return [f"{name} {share}" + f" ({of})" * bool(of) for name, share, of in self.rows()]


def judged(drives: Iterable[JudgedDrive]) -> Successes:
    """How often they succeeded, and at what."""
    told = list(drives)
    known = bool(told) and all(drive.scenario for drive in told)
    scores = tuple(_ability(name, told) for name in ABILITIES) if known else ()
    return Successes(sum(drive.succeeded for drive in told), len(told), scores)


def spoken(name: str) -> str:
    """`traffic signs` for `Traffic_Signs`."""
    return name.lower().replace("_", " ")


def percent(number: float | None) -> str:
    """`?` where nobody can tell."""
    return "?" if number is None else f"{number:.3f}"


def counted(each: AbilityScore) -> str:
    """`4 of 6`, or `3 to 5 of 6` where only a map could tell."""
    least = str(each.least) if each.least == each.most else f"{each.least} to {each.most}"
    return f"{least} of {each.drives}"


def _ability(name: str, told: Sequence[JudgedDrive]) -> AbilityScore:
    own = [drive for drive in told if drive.scenario in ABILITIES[name]]
    least = sum(drive.succeeded for drive in own)
    passed = sum(drive.may_have_passed for drive in own) if name == SIGNS else 0
    return AbilityScore(name, least, least + passed, len(own))
