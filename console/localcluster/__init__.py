"""The embedded cluster: a Kubernetes API on loopback, controllers, a node, and stand-in images.

Only `console.wiring` imports it; what talks to the cluster does so through its API.
"""
