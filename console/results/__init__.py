"""Checkpoint files to records to merged results, statistics and exports. Pure but for `files`."""
