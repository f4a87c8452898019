"""EDGE: the recorder as a process of its own. One for each user and cluster, outliving consoles.

Begin with `one.py`: what front ends have of it. How it is found (`recorder_folder`), asked
(`messages`, `asking`), started so that no logout ends it (`starting`), and what it is inside
(`running`, `answering`). What is recorded, and how, it does not know: that is
`operations.watching.unattended`.
"""
