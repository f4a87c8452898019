"""The stand-in of the Leaderboard evaluator: its files and output, without a simulation.

Copied into the leaderboard image and run there by any Python from 3.7 on, standard library only.
Every module imports its neighbours relatively and, for the statistics, `console.results`, which
the image carries too. Knows nothing of Kubernetes, pods or the console.
"""
