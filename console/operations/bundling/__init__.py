"""Incident bundles: one recording as a file that is passed on, and opened elsewhere.

Begin with `export.py`. What is left out of a bundle is decided here and said in it. Knows no
archive and no disk: those are the recorder's.
"""
