"""`presentation`, and the widget without a view that tells it to the page."""

import anywidget
import numpy as np
import traitlets

from vae_widgets.core import checks
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.page_scale import PAGE_SCALE

_LARGEST = 3.0


class Presentation(anywidget.AnyWidget):
    """The scale of all widgets, as the page knows it. There is one in a kernel."""

    _esm = bundle("presentation.js")

    scale = traitlets.Float(1.0, help="1 for the usual size.").tag(sync=True)


_presentation: Presentation | None = None


@checks.suggest_keywords
def presentation(on: bool = True, scale: float = 1.5) -> None:
    """Show all widgets larger, with text and points that can be read from the last row.

    Widgets that are open change at once, and new ones are shown alike, until it is switched off or
    the kernel is restarted. It holds for all widgets in the page of the browser. A widget stays as
    wide as its cell: where that is too narrow now, it folds, as it does on a small screen. So close
    the side bars of JupyterLab. Text of the notebook is larger by *View > Presentation Mode*.

    A page that is saved by ``save_html`` meanwhile shows its widgets at this scale, too. A picture
    that is saved by ``save_png`` stays as it is.

    It works where a kernel and all widgets share a page: in JupyterLab, Notebook 7 and Voila, in a
    Chrome or Edge from version 128 and a Firefox from version 126. Elsewhere use the zoom of the
    browser.

    Parameters
    ----------
    on
        Whether it is switched on.
    scale
        How much larger text, pictures and points are: from 1 to 3 times.

    Raises
    ------
    TypeError
        If `on` is no boolean, or `scale` no number.
    ValueError
        If `scale` is out of range.

    Examples
    --------
    >>> vw.presentation()
    >>> vw.presentation(scale=2)
    >>> vw.presentation(False)
    """
    if not isinstance(on, bool | np.bool_):
        raise TypeError(
            f"on must be True or False; received {on!r:.80}. For another size pass scale=2."
        )
    global _presentation
    PAGE_SCALE.value = checks.number_between("scale", scale, 1, _LARGEST) if on else 1.0
    if _presentation is None or _presentation.comm is None:  # it was closed
        _presentation = Presentation()
    _presentation.scale = PAGE_SCALE.value
