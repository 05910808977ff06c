"""The tabs of an `Explorer`: which panel stands beside the scatter."""

from typing import Any

import traitlets

from vae_widgets.core import checks
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.messages import PAGE
from vae_widgets.widgets.base.widget import CanvasWidget
from vae_widgets.widgets.traits.array import validate

PANELS = ("selection", "slide", "threshold", "review")


class PanelTabs(CanvasWidget):
    """Choose one of `PANELS`; in the page the others are hidden, and keep their state."""

    _esm = bundle("explorer_tabs.js")
    _css = bundle("explorer_tabs.css")

    panel = traitlets.Unicode(PANELS[0]).tag(**PAGE)
    counts = traitlets.Dict(
        help="Number of samples that a panel is about, by its name; shown on its tab."
    ).tag(sync=True)

    @validate("panel")
    def _check_panel(self, proposal: Any) -> str:
        return checks.one_of("panel", proposal.value, PANELS)
