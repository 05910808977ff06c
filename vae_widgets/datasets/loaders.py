"""Data sets by name, from this package and from others."""

import inspect
from collections.abc import Callable
from typing import Any

from vae_widgets.core.registry import Registry, without_exit
from vae_widgets.datasets.breast_cancer import load_breast_cancer
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.digits import load_digits
from vae_widgets.datasets.ecg import load_ecg
from vae_widgets.datasets.faces import load_faces
from vae_widgets.datasets.fashion_mnist import load_fashion_mnist
from vae_widgets.datasets.mnist import load_mnist
from vae_widgets.datasets.molecules import load_molecules
from vae_widgets.datasets.music import load_music
from vae_widgets.datasets.xray import load_xray


def _loader_of_plugin(name: str, package: str, function: Any) -> Callable[[float], Dataset]:
    """Return a loader that calls a function of another package; raise if it cannot be called."""
    if not callable(function):
        raise TypeError(f"expected a function that returns a Dataset; received {function!r:.100}.")
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        variable = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if parameter.default is parameter.empty and not variable and parameter.name != "timeout":
            raise TypeError(f"only timeout may have no default; received {parameter}.")

    def load(timeout: float) -> Dataset:
        who = f"the data set {name!r} of the package {package}"
        try:
            with without_exit(who):
                found = function(timeout=timeout) if "timeout" in parameters else function()
        except Exception as error:
            error.add_note(f"It was raised by {who}.")
            raise
        if not isinstance(found, Dataset):
            raise TypeError(
                f"{who} is of type {type(found).__name__}; expected a vae_widgets.Dataset."
            )
        return found

    return load


LOADERS: Registry[Callable[[float], Dataset]] = Registry(
    "dataset",
    {
        "digits": lambda timeout: load_digits(),
        "mnist": load_mnist,
        "fashion_mnist": load_fashion_mnist,
        "faces": lambda timeout: load_faces(),
        "breast_cancer": lambda timeout: load_breast_cancer(),
        "music": lambda timeout: load_music(),
        "molecules": lambda timeout: load_molecules(),
        "xray": lambda timeout: load_xray(),
        "ecg": lambda timeout: load_ecg(),
    },
    _loader_of_plugin,
)
"""Each takes the seconds that a download may take."""
