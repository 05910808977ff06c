"""Plots of curves: one description, drawn by bqplot, by our own canvas, and by Matplotlib."""

from vae_widgets.widgets.curve_plot.description import Axis, Band, CurvePlot, Line, Points, Rule

__all__ = ["Axis", "Band", "CurvePlot", "Line", "Points", "Rule"]
