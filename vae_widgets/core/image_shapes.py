"""Shapes of images: channels last, as in Keras, or channels first, as in PyTorch."""

_CHANNELS = (1, 3, 4)
_SHORTEST_SIDE = 8

MOVE_CHANNELS = "move them with np.moveaxis({}, 1, -1)"
"""The remedy for samples (n, channels, h, w), for messages; its field is the name of the array."""


def is_image(shape: tuple[int, ...]) -> bool:
    """Return whether samples of a shape are images: (h, w) or (h, w, 1 | 3 | 4), h, w >= 8."""
    pixels = len(shape) == 2 or (len(shape) == 3 and shape[-1] in _CHANNELS)
    return pixels and min(shape[:2]) >= _SHORTEST_SIDE


def has_channels_first(shape: tuple[int, ...]) -> bool:
    """Return whether samples of a shape are images (1 | 3 | 4, h, w), h, w >= 8."""
    first = len(shape) == 3 and shape[0] in _CHANNELS and min(shape[1:]) >= _SHORTEST_SIDE
    return first and not is_image(shape)


def axes_to_move(shape: tuple[int, ...], wanted: tuple[int, ...]) -> str | None:
    """Return the NumPy call that moves an axis of samples to get a shape; None if there is none.

    As ``"moveaxis({}, 1, -1)"``, for the name of the array. Reshaping would mix up the values.
    """
    if len(shape) < 2 or shape == wanted:
        return None
    if (*shape[1:], shape[0]) == wanted:
        return "moveaxis({}, 1, -1)"
    return "moveaxis({}, -1, 1)" if (shape[-1], *shape[:-1]) == wanted else None
