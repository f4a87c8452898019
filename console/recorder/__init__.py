"""EDGE: the flight recorder. Log bytes and events of every submission, on disk as they arrive.

Knows no cluster and no screen. Directories are 0700, files 0600: what a container prints is
shown to nobody else. One console at a time writes a recording.
"""
