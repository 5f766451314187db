"""`tenon bench pair`: how many given tasks the pair solves, with the same code as in life."""
