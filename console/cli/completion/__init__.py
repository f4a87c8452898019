"""What a shell asks while a command is typed. Begin with `answers`; `grammar.json` is generated.

Each Tab is a Python of its own, so nothing here imports a command or asks a cluster: flags come
from a table that `make completion` writes, names from what this console keeps on disk.
"""
