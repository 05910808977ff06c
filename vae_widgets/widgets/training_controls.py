"""What stands around the curves of a training run: their legend, and progress with Stop."""

from collections.abc import Callable
from typing import Any

import traitlets

from vae_widgets.widgets.base import CanvasWidget, bundle


class CurveLegend(CanvasWidget):
    """The title and the legend of the curves; a click on an entry hides or shows its lines."""

    _esm = bundle("curve_legend.js")
    _css = bundle("curve_legend.css")

    title = traitlets.Unicode("Training").tag(sync=True)
    entries = traitlets.List(
        traitlets.Dict(), help="name, label and colour of each metric, in the order of display."
    ).tag(sync=True)
    validation = traitlets.Bool(False, help="Whether there are dashed lines.").tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode(), help="Names of the metrics not drawn.").tag(
        sync=True, echo_update=False
    )


class TrainingControls(CanvasWidget):
    """Stop, the log/linear switch, a progress bar and the status line."""

    _esm = bundle("training_controls.js")
    _css = bundle("training_controls.css")

    log_scale = traitlets.Bool(False).tag(sync=True, echo_update=False)
    shown = traitlets.Dict(
        help="state, button and hint (text and tooltip of Stop), fraction (0 to 1 or None), "
        "progress, status and warning (texts): one trait, so that the page never mixes two."
    ).tag(sync=True)

    def __init__(self, on_stop: Callable[[], None]) -> None:
        super().__init__()
        self._on_stop = on_stop
        self.on_msg(self._clicked)

    def _clicked(self, widget: Any, content: Any, buffers: Any) -> None:
        if content == {"type": "stop"}:
            self._on_stop()
