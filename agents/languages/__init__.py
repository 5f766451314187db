"""Programming languages: what the pair asks of one, and the ones that it knows."""
