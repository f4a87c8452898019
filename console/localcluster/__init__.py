"""The embedded cluster: a Kubernetes API on loopback, controllers, a node, and stand-in images.

Only `console.wiring` imports it; what talks to the cluster does so through its API. README.md says
what it is for, what it will never do, and where to add.
"""
