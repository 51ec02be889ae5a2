"""The demo dataset: generated pictures and questions that need two or three places of the picture (see README.md)."""
