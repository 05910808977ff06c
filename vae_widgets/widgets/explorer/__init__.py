"""`Explorer` and its parts."""

from vae_widgets.widgets.explorer.widget import Explorer

__all__ = ["Explorer"]
