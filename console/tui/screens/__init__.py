"""One module a screen. A screen reads the backend's latest snapshots and submits commands."""
