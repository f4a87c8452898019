"""EDGE: a Kubernetes cluster over its REST API. No other room knows the Kubernetes client.

Knows nothing of screens, recordings or what a submission means. Enter through
`console.cluster.connecting.connect`; import it late, HTTP and TLS take a tenth of a second.
"""
