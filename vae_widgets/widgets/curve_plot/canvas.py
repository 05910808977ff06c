"""A `CurvePlot` drawn by the page itself, where the page has no bqplot."""

import traitlets

from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.widget import CanvasWidget


class CurveCanvas(CanvasWidget):
    """A canvas with a plot of curves; `plot` is the result of `CurvePlot.to_json`."""

    _esm = bundle("curve_plot.js")
    _css = bundle("curve_plot.css")

    plot = traitlets.Dict().tag(sync=True)
