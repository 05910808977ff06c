"""`LatentScatter` and its parts."""

from vae_widgets.widgets.latent_scatter.widget import LatentScatter

__all__ = ["LatentScatter"]
