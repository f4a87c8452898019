"""A stand-in of ScenarioRunner: its modules import what the real ones import, and do nothing."""
