"""A stand-in of the agents that come with CARLA: names only."""
