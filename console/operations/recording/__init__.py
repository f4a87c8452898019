"""What containers say, to disk and back. Begin with `session`: who records a submission, who reads.

Owns the draining of logs without loss, the journal, and what logcopy's lines tell. Refuses to know
files (an edge has them) and screens.
"""
