"""Why something died: the catalogue of causes, and the verdict over facts and log lines. Pure.

Begin with `verdict.py`. `causes.yaml` holds what is known of each cause, `scene.py` what is known
of one failure: `board_facts.py` makes facts of a board, `attempt_scene.py` takes those of one
attempt. Facts of the cluster outrank what a log says, and what an agent prints proves nothing about
the platform. Knows no cluster, disk or screen.
"""
