"""The sound of a sample, for the page to play (``frontend/src/controls/sound_player.ts``)."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from vae_widgets.rendering import Renderer
from vae_widgets.rendering.sound import sound_of
from vae_widgets.widgets.base.widget import CanvasWidget


class SoundSender:
    """Sends the sound of a sample, by the ``detail`` of `renderer`, when the page asks for it.

    `find` returns the sample that the page means.
    """

    def __init__(
        self, widget: CanvasWidget, renderer: Renderer, find: Callable[[Any], NDArray[Any]]
    ) -> None:
        self._widget, self._renderer, self._find = widget, renderer, find
        widget.hear(self._answer, "hear")

    def _answer(self, question: dict[str, Any]) -> None:
        answer = {"type": "sound", "page": question["page"], "seq": question["seq"]}
        try:
            sound = sound_of(self._renderer, self._find(question["what"]))
            if sound is None:
                raise ValueError("the renderer makes no sound of it")
            self._widget.send(answer, [sound.wav()])
        # The user's renderer may raise anything; the page says what.
        except Exception as error:
            self._widget.send({**answer, "error": str(error)})
