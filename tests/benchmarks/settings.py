"""How much is measured, and where the peers live."""

from dataclasses import dataclass

from tests.benchmarks.worker import Worker


@dataclass
class Settings:
    """What the subjects of the benchmark need to know.

    Parameters
    ----------
    ours, others
        Workers in the environment of vae_widgets, and in that of the peers.
    rounds, few_rounds
        Rounds of quick work, and of work that takes seconds.
    images, conv_images
        Images to train on, encode and score.
    """

    ours: Worker
    others: Worker
    rounds: int = 7
    few_rounds: int = 3
    images: int = 60_000
    conv_images: int = 10_000
    epochs: int = 5

    def shortened(self) -> "Settings":
        """Return settings for a smoke test."""
        return Settings(
            self.ours, self.others, rounds=1, few_rounds=1, images=512, conv_images=128, epochs=1
        )
