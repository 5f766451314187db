"""Text to vectors: small models on this machine, an endpoint, or a model that the server runs."""

from memory.embeddings.bge import BgeSmallEmbedder
from memory.embeddings.contract import Closable, Embedder, Vectors, VectorSource
from memory.embeddings.gate import Gate
from memory.embeddings.joined import JoinedEmbedder
from memory.embeddings.minilm import DIMENSIONS, MiniLmEmbedder

__all__ = [
    "DIMENSIONS",
    "BgeSmallEmbedder",
    "Closable",
    "Embedder",
    "Gate",
    "JoinedEmbedder",
    "MiniLmEmbedder",
    "VectorSource",
    "Vectors",
]
