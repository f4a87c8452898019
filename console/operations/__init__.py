"""The use cases (launch, follow, cancel, read results) and the ports they need. No foreign library."""
