"""EDGE: the screens in a browser of this machine. The only importer of textual-serve.

Begin with `served.py`: the server, from its link to the end of its last session. `door` decides who
may come in. Each session is a console of its own, the program that a terminal would run; what it
shows, and of which cluster, is not known here.
"""
