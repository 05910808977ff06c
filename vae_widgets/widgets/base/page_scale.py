"""How much larger than usual the widgets of this kernel are shown."""

import traitlets


class PageScale(traitlets.HasTraits):
    """The scale that `vae_widgets.presentation` sets: 1.5 is half as large again."""

    value = traitlets.Float(1.0)


PAGE_SCALE = PageScale()
