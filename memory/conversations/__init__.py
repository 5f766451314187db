"""Finding earlier turns again: search over all conversations, recall within a token budget."""
