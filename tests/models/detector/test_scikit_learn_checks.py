"""scikit-learn's own checks of an estimator, all of them: some 70 fits."""

from collections.abc import Iterator

import pytest
import tensorflow as tf
from sklearn.utils.estimator_checks import check_estimator

import vae_widgets as vw

REPEATED = {
    "check_sample_weight_equivalence_on_dense_data": "batches of repeated samples are others than "
    "batches of weighted ones, as in every training by stochastic gradients"
}


@pytest.fixture
def eager() -> Iterator[None]:
    """Have TensorFlow trace no loop: to trace one takes longer than the few steps of such a fit."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.usefixtures("eager")
def test_scikit_learn_checks_it():
    detector = vw.VAEDetector(latent_dim=1, hidden_units=(), epochs=1, batch_size=128)
    results = check_estimator(detector, on_skip=None, expected_failed_checks=REPEATED)
    assert len(results) > 40
    unusual = {result["check_name"] for result in results if result["status"] != "passed"}
    # The first is skipped where SCIPY_ARRAY_API is not set.
    assert unusual <= {"check_array_api_input", *REPEATED}
