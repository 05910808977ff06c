"""What a method of choosing a threshold is, and how a function of another package becomes one."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from vae_widgets.core import checks
from vae_widgets.core.registry import words_of
from vae_widgets.core.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Method:
    """A method of choosing a threshold.

    `choose` takes scores, with `labels` ("needed", "used" or "") also these, and keywords with the
    defaults in `parameters`. The arrows of the page's fields change a parameter by `step`, or by
    its entry in `steps`. If it `takes_curve`, the `Curve` of both may stand for the labels.
    """

    choose: Callable[..., Threshold]
    title: str
    parameters: dict[str, Any]
    labels: str = ""
    step: float = 0.01
    steps: Mapping[str, float] = field(default_factory=dict)
    takes_curve: bool = False

    def step_of(self, parameter: str) -> float:
        """Return by how much the arrows of the page's field change a parameter."""
        return self.steps.get(parameter, self.step)


def method_of_plugin(name: str, package: str, function: Any) -> Method:
    """Return the method that a function of another package is.

    Parameters
    ----------
    name
        Of the entry point. The page shows it in words.
    package
        With its version, for messages.
    function
        ``function(scores, parameter=default)``, or with ``labels`` after the scores: without a
        default if it needs them, with the default None if it can do without. The defaults of its
        parameters are numbers or None.

    Raises
    ------
    TypeError
        If it is no such function.
    """
    if not callable(function) or isinstance(function, type):
        raise TypeError(f"expected a function of scores; received {_called(function)}.")
    signature = dict(inspect.signature(function).parameters)
    first = next(iter(signature), None)
    if first != "scores":
        raise TypeError(f"the first parameter must be scores; received {first}.")
    del signature["scores"]
    labels = ""
    if "labels" in signature:
        if next(iter(signature)) != "labels":
            raise TypeError("the parameter labels must come right after scores.")
        labels = "needed" if signature.pop("labels").default is inspect.Parameter.empty else "used"
    if taken := signature.keys() & {"method", "self"}:
        raise TypeError(
            f"a parameter must not be called {min(taken)}: choose_threshold has one of this name."
        )
    parameters = {of: _default(of, parameter) for of, parameter in signature.items()}

    def choose(scores: Any, *labels: Any, **given: Any) -> Threshold:
        who = f"method {name!r} of the package {package}"
        asked = parameters | {of: _number(of, given[of], parameters[of]) for of in given}
        # It may sort them in place.
        copies = [values if values is None else np.array(values) for values in (scores, *labels)]
        try:
            found = function(*copies, **asked)
        except (TypeError, ValueError, FloatingPointError, OverflowError):
            raise  # as the methods of vae_widgets do
        except (Exception, SystemExit) as error:  # sys.exit would end the kernel
            raise ValueError(f"{who} failed: {words_of(error)}.") from error
        if not isinstance(found, Threshold):
            raise TypeError(f"{who} returned {_called(found)}; expected a vae_widgets.Threshold.")
        if not isinstance(found.explanation, str) or not isinstance(found.assumes, str):
            raise TypeError(f"{who} returned a Threshold whose explanation or assumes is no text.")
        # What it used, such as the number that it took for None; the widget asks by these again.
        used = {of: _number(of, found.parameters.get(of, asked[of]), None) for of in asked}
        threshold = checks.finite_number(f"the threshold of {who}", found.threshold)
        return replace(found, threshold=threshold, method=name, parameters=used)

    steps = {of: _step_for(default) for of, default in parameters.items()}
    title = name.replace("_", " ").replace("-", " ")
    return Method(choose, title[:1].upper() + title[1:], parameters, labels, steps=steps)


def _default(name: str, parameter: inspect.Parameter) -> float | None:
    default = parameter.default
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise TypeError(f"the parameter {parameter} must be one that can be passed by its name.")
    is_number = isinstance(default, Real) and not isinstance(default, bool)
    if default is not None and not is_number:
        received = "no default" if default is parameter.empty else f"{default!r:.100}"
        raise TypeError(f"the default of {name} must be a number or None; received {received}.")
    return _number(f"the default of {name}", default, None)


def _step_for(default: float | None) -> float:
    """Return 1 for a whole number, else a tenth of its first digit's unit: 0.1 for 3.5."""
    if isinstance(default, int):
        return 1
    return 10.0 ** (math.floor(math.log10(abs(default))) - 1) if default else 0.01


def _number(name: str, value: Any, default: float | None) -> float | None:
    """Return a parameter as a plain number, or None where its default is None."""
    if value is None and default is None:
        return None
    number = checks.finite_number(name, value)
    return int(value) if isinstance(value, Integral) else number


def _called(value: Any) -> str:
    kind = "class" if isinstance(value, type) else type(value).__name__
    return f"the {kind} {getattr(value, '__name__', repr(value))!r:.100}"
