"""The typed REST interface under /api/v1."""
