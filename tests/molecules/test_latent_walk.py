"""A search in latent space."""

import numpy as np
import pytest

from vae_widgets import molecules

GOAL = np.array([0.8, -0.4])


def closeness(x):
    return -np.linalg.norm(x - GOAL, axis=1)


def test_a_walk_climbs_and_its_scores_are_those_of_its_codes():
    start = np.random.default_rng(0).standard_normal((30, 2))
    found = molecules.walk(lambda z: z, closeness, start, n_steps=60, seed=1)
    assert found.z.shape == (61, 30, 2)
    np.testing.assert_allclose(found.z[0], start, rtol=1e-6)
    assert (np.diff(found.scores, axis=0) >= 0).all()
    np.testing.assert_allclose(found.scores, [closeness(z) for z in found.z], rtol=1e-5)
    assert found.budget == 61 * 30
    # Random search with the budget of one code: the best of 61 draws.
    draws = np.random.default_rng(2).standard_normal((30, 61, 2))
    best = [closeness(each).max() for each in draws]
    assert np.median(found.scores[-1]) > np.median(best)


def test_what_has_no_score_is_left_and_never_gone_to():
    def half(x):
        return np.where(x[:, 0] > 0, x[:, 0], np.nan)

    found = molecules.walk(lambda z: z, half, [[-0.1, 0.0], [0.1, 0.0]], n_steps=50)
    assert found.scores[0].tolist()[0] == -np.inf
    assert (found.scores[-1] > 0.1).all()
    assert (found.z[-1, :, 0] > 0).all()


def test_steps_of_length_one_are_draws_from_the_prior():
    tried = []

    def keep(z):
        tried.append(z.copy())
        return z

    molecules.walk(keep, closeness, np.full((500, 2), 9.0), n_steps=3, step=1)
    drawn = np.concatenate(tried[1:])
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(drawn.std(axis=0), 1, atol=0.1)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"step": 0}, "step must"),
        ({"step": 1.5}, "step must"),
        ({"n_steps": 0}, "n_steps must"),
        ({"start": [1.0, 2.0]}, r"start has shape \(2,\); expected codes"),
        ({"score": lambda x: 1.0}, r"score gives shape \(\) for 1 samples"),
    ],
)
def test_bad_arguments_are_refused(options, match):
    arguments = {"decode": lambda z: z, "score": closeness, "start": [[0.0, 0.0]], **options}
    with pytest.raises(ValueError, match=match):
        molecules.walk(**arguments)
