"""Checkpoint files to records to merged results, statistics and exports.

Begin with `trustworthy`: partials to a result, with whatever is wrong named. Pure, but for what
reads and writes files: `files` and `streams`, and those who are asked for a merge by paths
(`gathering`, `command`, `compat`). Runs in the pods too: standard-library Python 3.7.
"""
