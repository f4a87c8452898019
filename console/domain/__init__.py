"""Pure rules and values of the Leaderboard: no I/O and no clock; its values are msgspec's.

Begin with `board`: what is shown of a submission; `events` are folded into it by `folding`.

A value is frozen and holds only what was there before it, so none is ever in a circle: the garbage
collector leaves them out (`gc=False`). Walking through 5,000 submissions takes it 0.1 s, in which
no key is answered.
"""
