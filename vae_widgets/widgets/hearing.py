"""The sound of a sample, for the page to play (``frontend/src/hearing.ts``)."""

from collections.abc import Callable
from typing import Any

import ipywidgets
from numpy.typing import NDArray

from vae_widgets.rendering import Renderer
from vae_widgets.rendering.sound import sound_of


class Hearing:
    """Sends the sound of a sample, by the ``detail`` of `renderer`, when the page asks for it.

    `find` returns the sample that the page means.
    """

    def __init__(
        self, widget: ipywidgets.Widget, renderer: Renderer, find: Callable[[Any], NDArray[Any]]
    ) -> None:
        self._widget, self._renderer, self._find = widget, renderer, find
        widget.on_msg(self._answer)

    def _answer(self, widget: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or content.get("type") != "hear":
            return
        answer = {"type": "sound", "page": content["page"], "seq": content["seq"]}
        try:
            sound = sound_of(self._renderer, self._find(content["what"]))
            if sound is None:
                raise ValueError("the renderer makes no sound of it")
            self._widget.send(answer, [sound.wav()])
        # The user's renderer may raise anything; the page says what.
        except Exception as error:
            self._widget.send({**answer, "error": str(error)})
