"""All widgets of the page larger, for a projector."""

from vae_widgets.widgets.presentation.widget import presentation

__all__ = ["presentation"]
