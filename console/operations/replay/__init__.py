"""A recording played again: what was known at any of its times. Begin with `player`.

Owns the order of what was recorded, the playhead, and logs that end at the replay's present.
Refuses to know files (the recorder has them), the real time (it is an argument) and screens.
"""
