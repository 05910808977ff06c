"""The sound of a sample, for the page to play (``frontend/src/controls/sound_player.ts``)."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from vae_widgets.rendering import Renderer
from vae_widgets.rendering.sound import sound_of
from vae_widgets.widgets.base.messages import Refused
from vae_widgets.widgets.base.widget import CanvasWidget


def answer_sounds(
    widget: CanvasWidget, renderer: Renderer, find: Callable[[Any], NDArray[Any]]
) -> None:
    """Send the sound of a sample, by the ``detail`` of `renderer`, when the page asks for it.

    `find` returns the sample that the page means.
    """

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        try:
            sound = sound_of(renderer, find(request["what"]))
            if sound is None:
                raise ValueError("the renderer makes no sound of it")
            return {"wav": sound.wav()}
        # The user's renderer may raise anything; the page says what.
        except Exception as error:
            raise Refused(str(error)) from error

    widget.handle(answer, "sound")
