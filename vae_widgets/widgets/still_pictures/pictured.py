"""Widgets that leave a still picture of themselves in the notebook, for when no kernel is there."""

import base64
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from vae_widgets.core.atomic_file import atomic_file, check_target
from vae_widgets.widgets.exported_page import save_page
from vae_widgets.widgets.still_pictures.figure import MOST_BYTES, WIDTH, Draw, png
from vae_widgets.widgets.still_pictures.saved_picture import Bundle, SavedPicture, cell_of_output

LONGEST_LINE = 200


class Pictured(ipywidgets.DOMWidget):
    """Base of the widgets that can be drawn as a still picture, in Python and without a browser.

    A displayed widget leaves its picture in the output, for GitHub, ``nbconvert`` and pages without
    a kernel (`saved_picture`).
    """

    _picture_follows: Sequence[str] = ()
    """Names of the traits that change the picture."""
    _saved: SavedPicture | None = None

    @property
    def _picture_height(self) -> float:
        """Height of the picture in CSS pixels."""
        raise NotImplementedError

    def _draw(self, figure: Any) -> None:
        """Draw the picture on a Matplotlib figure."""
        raise NotImplementedError

    def _summary(self) -> str:
        """Say in a line what is shown, with its numbers."""
        raise NotImplementedError

    def still_picture(self) -> tuple[float, Draw]:
        """Return the height of the picture in CSS pixels, and what draws it on a figure."""
        return self._picture_height, self._draw

    def when_picture_changes(self, call: Callable[[Any], None]) -> None:
        """Call a function when the picture has changed."""
        self.observe(call, list(self._picture_follows))

    def _text_beside_view(self) -> str:
        """Return one line about the content, for the output of the live view."""
        return repr(self)

    def save_png(self, path: str | os.PathLike[str]) -> None:
        """Write a still picture of the widget as a ``.png`` file, 1408 pixels wide, on white.

        An existing file is replaced only once the new one is complete.
        """
        check_target(path, ".png")
        data = png(self._draw, self._picture_height)
        with atomic_file(path) as file:
            file.write(data)

    def save_html(self, path: str | os.PathLike[str], title: str | None = None) -> None:
        """Write the widget as one ``.html`` file that works offline and without Python.

        Whoever has the file has your data: it contains the samples that the widget shows, their
        codes, labels and scores, and the model where the page decodes or encodes. Nothing is
        rounded or left out to save space. The page sends nothing anywhere, and loads nothing.

        Parameters
        ----------
        path
            A file that ends in ``.html``; it is replaced only once the new one is complete.
        title
            Heading of the page; None takes the name of the file.

        Raises
        ------
        OSError, TypeError, ValueError
            If the file cannot be written, or an argument is bad.
        """
        save_page(self, path, title)

    def close(self) -> None:
        """Free what the widget holds, here and in the page; its picture stays in the notebook."""
        if self._saved is not None:
            self._saved.forget()
            self._saved = None
        super().close()

    def __repr__(self) -> str:
        try:
            line = f"{type(self).__name__}: {self._summary()}"
            return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
        except Exception:  # an error message may show a widget before its __init__ has ended
            return object.__repr__(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = super()._repr_mimebundle_(**kwargs)
        data, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        data = {**data, "text/plain": self._text_beside_view()}
        cell = cell_of_output()
        if cell is None:
            still, about = self._still()
            return {**still, **data}, {**metadata, **about}
        if self._saved is None:
            self._saved = SavedPicture(cell[0], self._still)
            if self._picture_follows:
                self.when_picture_changes(self._picture_changed)
        self._saved.show(cell[1])
        return data, metadata

    def _picture_changed(self, change: Any = None, soon: bool = True) -> None:
        """Redraw the picture in the notebook."""
        if self._saved is not None:
            self._saved.change(soon)

    def _still(self) -> Bundle:
        """Return picture and text by MIME type, and metadata; a failure to draw is a warning."""
        text = repr(self)
        data = {"text/plain": text}
        height = round(self._picture_height)
        try:
            picture = png(self._draw, height, MOST_BYTES)
        except Exception as error:
            warnings.warn(
                f"The still picture of {type(self).__name__} could not be drawn: "
                f"{type(error).__name__}: {error}",
                RuntimeWarning,
                stacklevel=2,
            )
            return data, {}
        about = {"width": WIDTH, "height": height, "alt": text}
        data["image/png"] = base64.b64encode(picture).decode()
        return data, {"image/png": about, "needs_background": "light"}
