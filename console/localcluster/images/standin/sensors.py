"""What sensors a track allows. Raises SensorConfigurationInvalid in upstream's words.

A track that a version does not know is a ValueError: the agent cannot be set up then.
"""

import math
from typing import Any, Dict, List

from console.results.leaderboard import V1_0, V2_0_PINNED
from console.results.version_rules import Leaderboard

from .failures import SensorConfigurationInvalid
from .scenario import NAME_OF_SENSOR

FEW = {"camera.rgb": 4, "lidar.ray_cast": 1, "other.radar": 2}
MANY = {"camera.rgb": 8, "lidar.ray_cast": 2, "other.radar": 4}
FARTHEST_METRES = 3.0


def validate(
    sensors: List[Dict[str, Any]], agent_track: str, track: str, version: Leaderboard
) -> None:
    """Check one agent's sensor list, dicts with `type` and `id`, optionally x, y, z in metres."""
    few = version in (V1_0, V2_0_PINNED)
    if few and track not in ("SENSORS", "MAP"):
        raise ValueError(f"'{track}' is not a valid Track")
    if agent_track != track:
        raise SensorConfigurationInvalid(f"You are submitting to the wrong track [{track}]!")
    limits = FEW if few or track.endswith("QUALIFIER") else MANY
    counts: Dict[str, int] = {}
    identities: List[str] = []
    for sensor in sensors:
        kind = sensor["type"]
        if sensor["id"] in identities:
            text = "Duplicated sensor tag [{}]".format(sensor["id"])
            raise SensorConfigurationInvalid(text)
        identities.append(sensor["id"])
        _check_one(sensor, kind, track)
        counts[kind] = counts.get(kind, 0) + 1
    for kind, count in counts.items():
        most = limits.get(kind[len("sensor.") :], 1)
        if count > most:
            text = "Too many {} used! Maximum number allowed is {}, but {} were requested."
            raise SensorConfigurationInvalid(text.format(kind, most, count))


def _check_one(sensor: Dict[str, Any], kind: str, track: str) -> None:
    if kind not in NAME_OF_SENSOR:
        raise SensorConfigurationInvalid(f"Illegal sensor used. {kind} are not allowed!")
    if kind == "sensor.opendrive_map" and track.startswith("SENSORS"):
        text = f"Illegal sensor 'sensor.opendrive_map' used for Track [{track}]!"
        raise SensorConfigurationInvalid(text)
    x, y, z = (float(sensor.get(axis, 0.0)) for axis in "xyz")
    if math.sqrt(x * x + y * y + z * z) > FARTHEST_METRES:
        text = "Illegal sensor extrinsics used for sensor [{}]. Max allowed offset is 3 meters"
        raise SensorConfigurationInvalid(text.format(sensor["id"]))
