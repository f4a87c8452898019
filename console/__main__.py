"""`python -m console`: the same program as the `carla-console` command."""

import sys

from console.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
