"""Stand-in of the Leaderboard evaluator: the file that the submission's agents run.

Works from any copy of its folder; see the package `standin` beside it.
"""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent)]

from standin.program import main  # noqa: E402  the package lies beside this file

if __name__ == "__main__":
    sys.exit(main())
