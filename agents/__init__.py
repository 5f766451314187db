"""The team: agents, their behaviours, prompts and tools. Knows nothing of LSP or databases."""
