"""What Kubernetes, kubelets and the workers would refuse later, found before anything is sent.

Each module yields findings for one part of a Job; none of them raises, whatever the manifest.
"""
