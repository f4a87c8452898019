"""What ScenarioRunner takes of it."""

RoadOption = ("VOID", "LEFT", "RIGHT", "STRAIGHT", "LANEFOLLOW")
