"""Runs the official evaluator: `python3 -I -S -u official_start.py EVALUATOR ARGUMENT...`.

Isolated (-I) and without site-packages (-S), so that no variable, no .pth file and no start-up code
of the team's image runs before this does. All work is in evaluator_loading.py.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from console.workers import evaluator_loading  # found beside this file

if __name__ == "__main__":
    evaluator_loading.main(sys.path.pop(0))
