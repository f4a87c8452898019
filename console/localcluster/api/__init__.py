"""The embedded cluster's HTTP API: what Kubernetes clients see of the store, and nothing more."""
