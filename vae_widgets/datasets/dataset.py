"""What a data set is: samples, labels, and how to draw and model them."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.image_shapes import MOVE_CHANNELS, has_channels_first
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.preprocessing import Preprocessing, preprocess
from vae_widgets.rendering import Renderer, TableRenderer, check_renderer

LIKELIHOODS = ("bernoulli", "gaussian", "categorical")


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Samples for training and testing, and how to draw and model them.

    Parameters
    ----------
    name
        Short name.
    x_train, x_test
        Samples (n, *sample_shape), finite; in [0, 1] where the likelihood is Bernoulli, whole
        numbers from 0 to ``n_classes - 1`` where it is categorical. Stored as float32, as models
        take them.
    y_train, y_test
        Whole numbers (n,), one for each sample, or None. With `label_names` they index it.
    label_names
        Name of each class; None if classes have no names.
    renderer
        Turns samples into tiles, with the range of `x_train`, or the name of a renderer; None takes
        the one that suits the shape of a sample. Flattened images need
        ``ImageRenderer(shape=(h, w))``. Columns of a table have the names of
        ``TableRenderer(columns)``, or those of `x_train` if it is a DataFrame. Signals have the
        sampling rate of ``SignalRenderer(sample_rate)``.
    likelihood
        Of the decoder, ``"bernoulli"``, ``"gaussian"`` or ``"categorical"``.
    n_classes
        For the categorical likelihood: the number of tokens that an element of a sample can be, at
        least 2. Otherwise None. ``VAE.build(ds.sample_shape, likelihood=ds.likelihood,
        n_classes=ds.n_classes)`` fits every data set.
    preprocessing
        What was done to the samples before, such as standardising; `preprocess` does it to others.
        None if nothing was.
    source, licence
        Where the data was found; its licence and authors.

    Raises
    ------
    TypeError, ValueError
        If the parts do not fit together.

    Examples
    --------
    >>> dataset = vw.Dataset("noise", x_train=np.zeros((9, 8, 8)), x_test=np.zeros((3, 8, 8)))
    >>> dataset
    <Dataset noise: 9 train and 3 test samples of 8x8; source: given by the user>
    """

    name: str
    x_train: NDArray[np.float32]
    x_test: NDArray[np.float32]
    y_train: NDArray[np.integer] | None = None
    y_test: NDArray[np.integer] | None = None
    label_names: tuple[str, ...] | None = None
    renderer: Renderer | str | None = None
    likelihood: str = "bernoulli"
    n_classes: int | None = None
    preprocessing: Preprocessing | None = None
    source: str = "given by the user"
    licence: str = "unknown"

    def __post_init__(self) -> None:
        checks.one_of("likelihood", self.likelihood, LIKELIHOODS)
        n_classes = _number_of_tokens(self.n_classes, self.likelihood)
        names = None if self.label_names is None else tuple(map(str, self.label_names))
        for part in ("train", "test"):
            pair = (f"x_{part}", f"y_{part}")
            shared_index({name: getattr(self, name) for name in pair})
        sample_shape = np.shape(self.x_train)[1:]
        if has_channels_first(sample_shape):
            warnings.warn(
                f"x_train has samples of {sample_shape}, images with the channels first; Keras and "
                f"architecture='conv' want them last: {MOVE_CHANNELS.format('x_train')}, and "
                "x_test too.",
                stacklevel=4,  # the caller, above __init__ and the check of the keywords
            )
        clean = {
            "x_train": self._samples("x_train", sample_shape, n_classes),
            "x_test": self._samples("x_test", sample_shape, n_classes),
            "y_train": _class_labels("y_train", self.y_train, "x_train", self.x_train, names),
            "y_test": _class_labels("y_test", self.y_test, "x_test", self.x_test, names),
            "label_names": names,
            "n_classes": n_classes,
            "renderer": check_renderer(self.renderer, sample_shape, self.x_train),
        }
        for field, value in clean.items():
            object.__setattr__(self, field, value)  # the way into a frozen dataclass

    def _samples(
        self, field: str, sample_shape: tuple[int, ...], n_classes: int | None
    ) -> NDArray[np.float32]:
        bounds = (0, 1) if self.likelihood == "bernoulli" else None
        value = getattr(self, field)
        x = checks.samples(field, value, sample_shape, bounds, "the Bernoulli likelihood")
        if n_classes is not None:
            checks.tokens(field, x, n_classes, "the categorical likelihood")
        return x

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self.x_train.shape[1:]

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """Names of the columns of a table; None if there are none."""
        columns = self.renderer.columns if isinstance(self.renderer, TableRenderer) else None
        return None if columns is None else tuple(columns)

    def preprocess(self, x: ArrayLike) -> NDArray[np.float32]:
        """Return new samples as the models of this data set take them.

        Parameters
        ----------
        x
            Samples (n, *sample_shape) in the units of the file or the array that the data set was
            made of.

        Returns
        -------
        float32 (n, *sample_shape).
        """
        numbers = checks.samples("x", x, self.sample_shape, dtype=np.float64)
        if self.preprocessing is None:
            return numbers.astype(np.float32)
        given = checks.any_array("x", x)
        pixels = given.dtype == np.uint8  # which may be treated in another way than numbers
        return preprocess(given if pixels else numbers, self.preprocessing, self.sample_shape)

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.sample_shape))
        sizes = f"{len(self.x_train):,} train and {len(self.x_test):,} test samples of {shape}"
        return f"<Dataset {self.name}: {sizes}; source: {self.source}>"


Dataset.__init__ = checks.suggest_keywords(Dataset.__init__)  # type: ignore[method-assign]


def _number_of_tokens(n_classes: Any, likelihood: str) -> int | None:
    if likelihood == "categorical":
        if n_classes is None:
            raise ValueError(
                "likelihood='categorical' needs n_classes, the number of tokens; received None. "
                "Pass n_classes=int(x_train.max()) + 1, or len(vocabulary)."
            )
        return checks.positive_int("n_classes", n_classes, minimum=2)
    if n_classes is not None:
        raise ValueError(
            f"n_classes={n_classes!r} is for likelihood='categorical'; likelihood is "
            f"{likelihood!r}. Leave n_classes out; classes of labels are label_names."
        )
    return None


def _class_labels(
    field: str, value: Any, of: str, x: ArrayLike, names: tuple[str, ...] | None
) -> NDArray[np.int64] | None:
    if value is None:
        return None
    y = checks.labels(field, value, len(np.asarray(x)), of)
    if not np.issubdtype(y.dtype, np.integer):
        raise TypeError(
            f"{field} has dtype {y.dtype}; expected whole numbers. For names, pass "
            "np.unique(names, return_inverse=True)[1] and the unique names as label_names."
        )
    if names is not None and (y.min() < 0 or y.max() >= len(names)):
        raise ValueError(
            f"{field} spans [{y.min()}, {y.max()}]; expected indices into label_names, "
            f"[0, {len(names) - 1}]."
        )
    return y.astype(np.int64)
