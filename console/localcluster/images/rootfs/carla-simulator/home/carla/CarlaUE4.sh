#!/bin/sh
# Stand-in of CARLA's launcher: no simulation, see the script it starts.
root=$(cd "$(dirname "$0")" && pwd) || exit 1
exec python3 -u "$root/CarlaUE4/Binaries/Linux/CarlaUE4-Linux-Shipping" CarlaUE4 "$@"
