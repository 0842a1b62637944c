"""The foundation: knows torch, and nothing of kerlite outside this package."""
