"""A mail-order shop."""
