"""Files cut into the pieces that are embedded and found."""
