"""The clock of a scenario; as the real one it needs py_trees, which the team's image brings."""

import py_trees


class GameTime:
    """Nothing of it is needed here."""

    behaviour = py_trees.Behaviour
