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
    conv_networks
        Networks of convolutions to train, of `peers.samples`.
    decodings
        Calls of a decoder in a round.
    rows
        Rows of a file that the command line scores.
    scores
        Scores under a threshold that moves.
    points
        Numbers of points to draw in the browser.
    many_points
        Points whose samples stay in a file.
    gesture_seconds
        How long a gesture there lasts.
    notebooks
        Names of lessons, and the tour, that run in a kernel of their own.
    """

    ours: Worker
    others: Worker
    rounds: int = 7
    few_rounds: int = 3
    images: int = 60_000
    conv_images: int = 10_000
    conv_networks: tuple[str, ...] = ("conv", "conv64")
    epochs: int = 5
    decodings: int = 50
    rows: int = 5_000_000
    scores: int = 10_000_000
    points: tuple[int, ...] = (1_000, 10_000, 70_000, 200_000, 1_000_000)
    many_points: int = 10_000_000
    gesture_seconds: float = 3.0
    notebooks: tuple[str, ...] = (
        *("1_what_a_vae_is", "2_the_latent_space", "3_kl_beta_and_collapse"),
        *("4_anomalies_and_thresholds", "5_your_domain", "00_tour"),
    )

    def shortened(self) -> "Settings":
        """Return settings for a smoke test."""
        return Settings(
            self.ours,
            self.others,
            rounds=1,
            few_rounds=1,
            images=512,
            conv_images=128,
            conv_networks=("conv",),
            epochs=1,
            decodings=2,
            rows=2_000,
            scores=10_000,
            points=(1_000,),
            many_points=1_000,
            gesture_seconds=0.5,
            notebooks=("2_the_latent_space",),
        )
