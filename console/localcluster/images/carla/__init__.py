"""The stand-in of a CARLA server. `server.py` is copied into the simulator image as one script."""
