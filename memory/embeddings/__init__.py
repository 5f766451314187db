"""Text to vectors: MiniLM on this machine, an endpoint, or a model that the server runs."""

from memory.embeddings.contract import Embedder, Vectors, VectorSource
from memory.embeddings.gate import Gate
from memory.embeddings.minilm import DIMENSIONS, MiniLmEmbedder

__all__ = ["DIMENSIONS", "Embedder", "Gate", "MiniLmEmbedder", "VectorSource", "Vectors"]
