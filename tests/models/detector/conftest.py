from collections.abc import Iterator

import keras
import pytest


@pytest.fixture(scope="module", autouse=True)
def gradient_descent() -> Iterator[None]:
    """Train every detector by gradient descent: it is traced in half the time of Adam."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.optimizers, "Adam", keras.optimizers.SGD)
        yield
