"""A page that trains a VAE by itself, for lessons."""

from vae_widgets.playground.page import save_playground

__all__ = ["save_playground"]
