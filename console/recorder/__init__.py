"""EDGE: the flight recorder. Log bytes and events of every submission, on disk as they arrive.

Knows no cluster and no screen. Directories are 0700, files 0600; values of environment variables
never come here, for no event carries them.
"""
