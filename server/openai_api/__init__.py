"""The configured models for other programs of this machine: OpenAI's HTTP protocol on loopback."""
