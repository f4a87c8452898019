"""EDGE: the flight recorder. Log bytes and events of every submission, on disk as they arrive.

Knows no cluster and no screen. Directories are 0700, files 0600: the kept Job may carry values of
environment variables, which are shown to nobody. One console at a time writes a recording.
"""
