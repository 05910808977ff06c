"""How a view is looked at, as the page tells by ``frontend/src/look.ts``."""

from typing import Any

import traitlets

from vae_widgets.widgets.base import CanvasWidget


class LookedAt(CanvasWidget):
    """Base of widgets whose page chooses values of traits while a cell may be awaiting.

    Such a trait is tagged with ``look=True``.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on_msg(self._look)

    def _look(self, widget: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or content.get("type") != "look":
            return
        name = str(content.get("name"))
        if name in self.trait_names(look=True):
            try:
                setattr(self, name, content.get("value"))
            except traitlets.TraitError:
                self.send_state(name)  # the page goes back to what it was
