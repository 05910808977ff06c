"""The legend of the training curves, and the controls of the run."""

from collections.abc import Callable
from typing import Any

import traitlets

from vae_widgets.core import checks
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.messages import RUN_KINDS, Refused
from vae_widgets.widgets.base.widget import CanvasWidget, PageContents
from vae_widgets.widgets.traits.array import Number, validate

PANELS = ("latent", "replay")
"""The panels that can be opened below the curves."""


class CurveLegend(CanvasWidget):
    """The title and the legend of the curves; a click on an entry hides or shows its lines.

    `to_csv` returns the history for the menu Export.
    """

    _esm = bundle("training_legend.js")
    _css = bundle("training_legend.css")

    title = traitlets.Unicode("Training").tag(sync=True)
    entries = traitlets.List(
        traitlets.Dict(), help="name, label and colour of each metric, in the order of display."
    ).tag(sync=True)
    runs = traitlets.List(
        traitlets.Dict(), help="name and colour of each run that is drawn behind."
    ).tag(sync=True)
    key = traitlets.List(
        traitlets.Unicode(),
        help='Kinds of lines and marks to explain: "training", "validation", "batch", '
        '"unsmoothed", "best".',
    ).tag(sync=True)
    hidden = traitlets.List(
        traitlets.Unicode(), help='Names of the metrics not drawn, and "run:" names of runs.'
    ).tag(sync=True, page_writes=True)

    def __init__(self, title: str, to_csv: Callable[[], str]) -> None:
        super().__init__(title=title)
        self._to_csv = to_csv
        self.handle(lambda message: {"csv": to_csv().encode()}, "history")

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the history as a CSV file."""
        return {"csv": self._to_csv().encode()}


class TrainingControls(CanvasWidget):
    """Pause, Stop, settings, how to look at the curves, a progress bar and the status line.

    It also reads values at the pointer, and turns a drag over the curves into a zoom.
    """

    _esm = bundle("training_controls.js")
    _css = bundle("training_controls.css")

    log_scale = traitlets.Bool(False).tag(sync=True, page_writes=True)
    smoothing = Number(0.0, help="Weight of the moving average, 0 to 0.99.").tag(
        sync=True, page_writes=True
    )
    zoom = traitlets.List(
        Number(), help="Ends of the part of the x axis that is seen; empty for all."
    ).tag(sync=True, page_writes=True)
    panels = traitlets.List(
        traitlets.Unicode(), help='Panels that are open: "latent", "replay".'
    ).tag(sync=True, page_writes=True)
    shown = traitlets.Dict(
        help="run (its number), state, buttons (text, hint, and whether enabled, of each that is "
        "shown), settings (values by name), blocked, available (panels with something to show), "
        "fraction (0 to 1 or None), progress, status and warning (texts): one trait, so that the "
        "page never mixes two."
    ).tag(sync=True)
    readout = traitlets.Dict(help="The values of the curves, see LossCurves.").tag(sync=True)

    def __init__(self, on_click: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._on_click = on_click
        self.handle(self._clicked, *RUN_KINDS, "change")

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Leave out what only Python can do: buttons, settings, and panels of other epochs."""
        without = {"buttons": {}, "settings": {}, "active": False, "available": []}
        return {"state": {"shown": {**self.shown, **without}, "panels": []}}

    @validate("zoom")
    def _check_zoom(self, proposal: Any) -> list[float]:
        zoom: list[float] = proposal["value"]
        if zoom and not (len(zoom) == 2 and zoom[0] < zoom[1]):
            raise traitlets.TraitError(
                f"zoom must be two numbers, the lower first, or empty; received {zoom}."
            )
        return zoom

    @validate("smoothing")
    def _check_smoothing(self, proposal: Any) -> float:
        return checks.number_between("smoothing", proposal["value"], 0, 0.99)

    @validate("panels")
    def _check_panels(self, proposal: Any) -> list[str]:
        return [checks.one_of("panels", one, PANELS) for one in dict.fromkeys(proposal["value"])]

    def _clicked(self, click: dict[str, Any]) -> None:
        # A click that waited until its run was over must not act on the next one.
        if click["run"] != self.shown.get("run"):
            raise Refused(f"run {click['run']} is over")
        self._on_click(click)
