"""The one node of the embedded cluster: pods as real processes and real directories."""
