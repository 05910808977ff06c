"""`TileStrip` and its parts."""

from vae_widgets.widgets.tile_strip.widget import TileStrip

__all__ = ["TileStrip"]
