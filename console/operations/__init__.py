"""The use cases (launch, follow, cancel, read results) and the ports they need.

Knows no foreign library and no screen.
"""
