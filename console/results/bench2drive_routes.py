"""Bench2Drive's 220 routes: which kind of scenario each has, and in which town it lies.

As in its `bench2drive220.xml`, whose routes stand there by their numbers, upwards. Holds facts
only, no route's points. Standard-library Python 3.7.
"""

from __future__ import annotations

from console.results.named_tuple import TYPE_CHECKING
from console.results.routes_file import Route

if TYPE_CHECKING:
    from typing import Iterator

_BY_KIND = """\
Accident: 2534@12 2539@12 3307@13 24240@10HD 24816@03
AccidentTwoWays: 1852@12 2643@12 3410@13 25845@15 25857@05
BlockedIntersection: 2204@12 2215@12 2989@12 27494@04 27532@11
ConstructionObstacle: 2509@12 2513@12 24367@06 24785@04 24795@04
ConstructionObstacleTwoWays: 1825@12 1833@12 2606@12 20920@12 25424@11
ControlLoss: 3561@13 24340@10HD 24784@02 24841@01 26418@11
CrossingBicycleFlow: 3086@12 3090@12 3093@12 3099@12 3100@12
DynamicObjectCrossing: 17752@12 24211@01 24224@02 24252@11 24333@15
EnterActorFlow: 2201@12 3749@13 11715@12 11755@12 27506@05
HardBreakRoute: 3540@13 24330@10HD 24781@01 26406@04 26456@03
HazardAtSideLane: 1790@12 1792@12 25300@04 25381@05 25439@15
HazardAtSideLaneTwoWays: 3436@13 24258@07 25854@03 25951@04 25955@05
HighwayCutIn: 2286@12 3072@12 3074@12 3080@12 3813@13
HighwayExit: 23658@12 23659@12 23670@13 23687@12 24041@13
InterurbanActorFlow: 23901@13 23910@12 23918@13 23930@12 24098@12
InterurbanAdvancedActorFlow: 23695@13 23700@12 23708@12 24071@13 24078@12
InvadingTurn: 2790@12 2802@12 3564@13 3572@13 3575@13
MergerIntoSlowTraffic: 2273@12 2283@12 3048@12 3785@13 3800@13
MergerIntoSlowTrafficV2: 23771@12 24092@13 26394@06 26401@06 26408@06
NonSignalizedJunctionLeftTurn: 2084@12 2086@12 2091@12 2881@12 26990@03
NonSignalizedJunctionLeftTurnEnterFlow: 28087@04 28093@04 28210@12 28219@12 28229@12
NonSignalizedJunctionRightTurn: 2115@12 2903@12 3666@13 3670@13 3676@13
OppositeVehicleRunningRedLight: 2082@12 2844@12 2847@12 26944@04 26950@03
OppositeVehicleTakingPriority: 2127@12 2129@12 2143@12 2913@12 3697@13
ParkedObstacle: 1773@12 2554@12 24757@06 25318@05 25383@15
ParkedObstacleTwoWays: 2664@12 2668@12 3457@13 25865@11 25896@03
ParkingCrossingPedestrian: 3248@13 3255@13 18252@12 24206@03 24294@02
ParkingCutIn: 1711@12 18305@12 18311@12 18356@12 24759@05
ParkingExit: 1956@12 3514@13 3520@13 26393@03 26435@03
PedestrianCrossing: 14194@12 25863@07 27515@03 27529@04 27582@11
SequentialLaneChange: 17563@12 17569@12 17598@12 17635@12 17655@12
SignalizedJunctionLeftTurn: 3936@12 4183@12 4468@12 4669@12 4683@12
SignalizedJunctionLeftTurnEnterFlow: 28099@04 28198@15 28241@12 28243@12 28330@12
SignalizedJunctionRightTurn: 2050@12 4937@12 26956@05 26966@05 27018@15
StaticCutIn: 2709@12 2715@12 25358@06 26396@05 26405@15
T_Junction: 26458@07 28035@01 28048@02 28111@04 28154@10HD
VanillaNonSignalizedTurn: 2390@12 2397@12 2403@12 3178@12 3890@13
VanillaNonSignalizedTurnEncounterStopsign: 2416@12 3184@12 3189@12 3904@13 3905@13
VanillaSignalizedTurnEncounterGreenLight: 14842@12 14862@12 14909@12 25968@07 25975@07
VanillaSignalizedTurnEncounterRedLight: 2373@12 3144@12 3865@13 3869@13 3876@13
VehicleOpensDoorTwoWays: 3464@13 3472@13 3476@13 3482@13 25928@11
VehicleTurningRoute: 2144@12 2943@12 3708@13 3712@13 3717@13
VehicleTurningRoutePedestrian: 2164@12 3731@13 3737@13 10857@12 11381@12
YieldToEmergencyVehicle: 3364@13 3373@13 3378@13 3380@13 25378@03
"""
"""A line a kind of scenarios: the numbers of its routes, each with its town."""


def routes() -> tuple[Route, ...]:
    """All of them, in the order of the file."""
    return tuple(sorted(_each(), key=lambda route: int(route.id)))


def shared(pairs: int) -> tuple[str, ...]:
    """A subset for each of so many pairs, of as many routes as the others or one more."""
    ids = [route.id for route in routes()]
    whole, rest = divmod(len(ids), pairs)
    starts = [number * whole + min(number, rest) for number in range(pairs + 1)]
    return tuple(",".join(ids[begin:end]) for begin, end in zip(starts, starts[1:]))


def _each() -> Iterator[Route]:
    for line in _BY_KIND.splitlines():
        kind, _, told = line.partition(": ")
        for each in told.split():
            number, _, town = each.partition("@")
            yield Route(number, f"Town{town}", kind)
