"""Access to the world; as the real one it needs CARLA's API and the agents that come with it."""

import carla
from agents.navigation import RoadOption


class CarlaDataProvider:
    """Nothing of it is needed here."""

    client, road_option = carla.Client, RoadOption
