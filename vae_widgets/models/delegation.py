"""Methods of a `VAE` that are defined elsewhere."""

import functools
import types
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import keras

from vae_widgets.core import checks

P = ParamSpec("P")
R = TypeVar("R")


def delegated(
    part: str, method: Callable[Concatenate[Any, P], R]
) -> Callable[Concatenate[Any, P], R]:
    """Return a method that calls `method` of the attribute `part`, with its signature and text."""

    @functools.wraps(method)
    def call(self: Any, *args: P.args, **kwargs: P.kwargs) -> R:
        return method(getattr(self, part), *args, **kwargs)

    checked: Any = checks.suggest_keywords(call)
    return cast(Callable[Concatenate[Any, P], R], checked)


class FactoryOnClass:
    """``VAE.build(...)`` makes a model, while ``vae.build(input_shape)`` stays Keras's own."""

    def __init__(self, factory: Callable[..., Any]) -> None:
        self._factory = factory
        self.__doc__ = factory.__doc__

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return types.MethodType(self._factory, owner)
        return keras.Model.build.__get__(instance, owner)
