"""Puts this folder on the path, so that tests find `penumbra_train` without an installation."""
