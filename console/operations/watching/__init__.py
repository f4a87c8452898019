"""Submissions as they are now: all of them (`fleet`, begin here), one (`follower`), one look.

Owns who is followed, how old what is shown is, and where an answer is from when the cluster has
forgotten. Refuses to know screens; what a fact means is `domain`'s to say.
"""
