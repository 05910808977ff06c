"""The sound of a sample, for the page to play (``frontend/src/controls/sound_player.ts``)."""

from collections.abc import Callable, Iterable
from typing import Any

from numpy.typing import NDArray

from vae_widgets.rendering import Renderer
from vae_widgets.rendering.sound import joined, sound_of
from vae_widgets.widgets.base.messages import Refused
from vae_widgets.widgets.base.widget import CanvasWidget


def answer_sounds(
    widget: CanvasWidget, renderer: Renderer, find: Callable[[Any], Iterable[NDArray[Any]]]
) -> None:
    """Send the sound of samples, by the ``detail`` of `renderer`, when the page asks for it.

    `find` returns the samples that the page means, to be played one after another.
    """

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        try:
            sounds = [sound_of(renderer, sample) for sample in find(request["what"])]
            heard = [sound for sound in sounds if sound is not None]
            if not heard:
                raise ValueError("the renderer makes no sound of it")
            return {"wav": joined(heard).wav()}
        # The user's renderer may raise anything; the page says what.
        except Exception as error:
            raise Refused(str(error)) from error

    widget.handle(answer, "sound")
