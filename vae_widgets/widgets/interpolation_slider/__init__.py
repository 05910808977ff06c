"""`InterpolationSlider` and its parts."""

from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider

__all__ = ["InterpolationSlider"]
