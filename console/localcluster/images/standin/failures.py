"""What can go wrong inside an evaluation, by the names the Leaderboard uses. Decides nothing."""


class SensorConfigurationInvalid(Exception):
    """The agent asks for sensors its track does not allow."""


class AgentError(Exception):
    """The agent raised while it was driving."""


# A traceback names an exception by its module: the Leaderboard's own, as every log has them.
SensorConfigurationInvalid.__module__ = "leaderboard.envs.sensor_interface"
AgentError.__module__ = "leaderboard.autoagents.agent_wrapper"


class ScenarioError(Exception):
    """A scenario file is wrong; the text names the key."""


SIMULATION_CRASHED = "Simulation crashed"
SENSORS_INVALID = "Agent's sensors were invalid"
AGENT_NOT_SET_UP = "Agent couldn't be set up"
AGENT_CRASHED = "Agent crashed"
