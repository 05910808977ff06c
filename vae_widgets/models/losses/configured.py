"""Objects that are rebuilt, compared and printed by their arguments."""

from typing import Any, Self


class Configured:
    """Base of the schedules and the objectives, which Keras saves with a model."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this object."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Rebuild an object from `get_config`."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.get_config() == self.get_config()

    def __hash__(self) -> int:
        return hash((type(self), *self.get_config().items()))

    def __repr__(self) -> str:
        return call_of(self, self.get_config())


def call_of(made: object, config: dict[str, Any]) -> str:
    """Return the call that makes an object: its class with the arguments in `config`."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in config.items())
    return f"{type(made).__name__}({arguments})"
