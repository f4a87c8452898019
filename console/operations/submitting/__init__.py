"""From values to a running submission, and its end on purpose. Begin with `launch`.

Owns what is sent in which order, what is undone after a failure, and what is said of losses before
anything is lost. Refuses to know how a form or a command line looks.
"""
