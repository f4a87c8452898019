"""The version of this console: here and nowhere else; the package's metadata is made from it.

Read as a constant, because asking the installed package's metadata takes longer than to answer.
"""

VERSION = "0.1.0"
