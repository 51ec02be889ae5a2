"""Trains IVT-LR models (interleaved vision-text latent reasoning, arXiv 2510.12603). See trainer/README.md.

Legend of all shapes: B batch, S positions fed now, P positions already cached, T = P + S, D hidden size, L layers,
H heads, Hkv key-value heads, Dh head size, J image slots, K patches per step, N latent steps, V vocabulary.
"""

__version__ = "0.1.0"
