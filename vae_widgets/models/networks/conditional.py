"""Label inputs of a conditional VAE: encoder q(z | x, y) and decoder p(x | z, y).

Sohn, Lee & Yan, "Learning Structured Output Representation using Deep Conditional Generative
Models" (2015). Labels are one-hot.
"""

import keras

from vae_widgets.core import checks


def n_labels_of(encoder: keras.Model, decoder: keras.Model, n_labels: int | None) -> int | None:
    """Return the number of labels that encoder and decoder take; None if they take none."""
    if n_labels is not None:
        n_labels = checks.positive_int("n_labels", n_labels)
    widths = {"encoder": _label_width(encoder), "decoder": _label_width(decoder)}
    known = {role: width for role, width in widths.items() if width is not None}
    wanted = n_labels or max(known.values(), default=0)
    for role, width in known.items():
        if width != wanted:
            other = "n_labels" if n_labels else "the other half"
            takes = f"labels of width {width}" if width else "no labels"
            raise ValueError(
                f"{role} takes {takes}, but {other} says {wanted}; expected two inputs of both "
                f"halves: encoder (x, y) and decoder (z, y), with one-hot y (n, {wanted})."
            )
    return wanted or None


def _label_width(half: keras.Model) -> int | None:
    """Return the width of the second input, 0 if there is none, None if it is not known yet."""
    inputs = getattr(half, "inputs", None)
    if not inputs:
        return None
    return int(inputs[1].shape[-1]) if len(inputs) == 2 else 0
