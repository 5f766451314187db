"""One thing that an agent can do per module; agents are composed of them."""
