"""Training on two devices of a MirroredStrategy: the losses of one device."""

import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE

# A process of its own: TensorFlow takes logical devices only before it has begun. Its fork is
# killed in mid-epoch, before it has begun here.
CHILD = """
import json, os, signal, sys

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

from vae_widgets import VAE

folder = sys.argv[1]
x = load_digits().images[:300].astype(np.float32) / 16
rows = tf.data.Dataset.from_tensor_slices

class EachBatch(keras.callbacks.Callback):
    def __init__(self):
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(logs["loss"])

class Kill(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations.numpy() == 25:
            self.model.save_checkpoint()
            os.kill(os.getpid(), signal.SIGKILL)

def begin():
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

def small(strategy, **options):
    with strategy.scope():
        vae = VAE.build((8, 8), hidden_units=(), seed=0, **options)
        vae.compile(keras.optimizers.SGD(0.005, momentum=0.5), steps_per_execution=1)
    return vae

def train(vae, x=x, epochs=5, callbacks=(), **options):
    each = EachBatch()
    history = vae.fit_async(
        x, epochs=epochs, batch_size=32, callbacks=[each, *callbacks], **options
    ).wait()
    return {
        **history.history,
        "each batch": each.seen,
        "weights": [float(np.linalg.norm(weight)) for weight in vae.get_weights()],
        "elbo of some": vae.elbo(load_digits().images[300:310] / 16, seed=0).tolist(),
    }

checkpoint = f"{folder}/run.vae"
array = {"validation_data": x[:50], "sample_weight": np.linspace(0, 2, 300)}
killed = os.fork()
if not killed:
    train(small(begin()), callbacks=[Kill()], checkpoint=checkpoint, **array)
assert os.waitstatus_to_exitcode(os.waitpid(killed, 0)[1]) == -signal.SIGKILL

one, two = tf.distribute.get_strategy(), begin()
with two.scope():
    resumed = VAE.resume(checkpoint)
said = {"resumed": len(resumed.history.epoch), "runs": {}}
runs = {
    "an array": (x, {}, array),
    # Of which the last has one row, and with an objective that takes a mean over the batch.
    "batches": (rows(x[:65]).batch(32), {"objective": "free_bits"}, {"epochs": 2}),
}
for name, (data, model, options) in runs.items():
    said["runs"][name] = [
        train(small(strategy, **model), data, **options) for strategy in (one, two)
    ]
said["runs"]["killed and resumed"] = [
    said["runs"]["an array"][0], train(resumed, checkpoint=checkpoint, **array)
]
resumed.save(f"{folder}/saved.vae")

with two.scope():
    wrong = VAE.build((8, 8), hidden_units=())
    wrong.compile(jit_compile=True)
alone = VAE.build((8, 8), hidden_units=())
said["errors"] = []
for vae, strategy in ((wrong, one), (alone, two)):
    try:
        with strategy.scope():
            vae.fit(x)
    except ValueError as error:
        said["errors"].append(str(error))
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the process with two devices found out, and its folder."""
    folder = tmp_path_factory.mktemp("two_devices")
    command = [sys.executable, "-c", CHILD, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("run", "steps"),
    [("an array", 50), ("batches", 6), ("killed and resumed", 50)],
)
def test_losses_are_those_of_one_device(said, run, steps):
    one, two = said[1]["runs"][run]
    assert one.keys() == two.keys()
    assert len(one["each batch"]) == steps
    for name, values in one.items():
        same = values[-len(two[name]) :]  # batches before a kill are not seen again
        np.testing.assert_allclose(two[name], same, rtol=1e-5, err_msg=name)


def test_a_run_killed_in_mid_epoch_goes_on_there(said):
    assert said[1]["resumed"] == 2
    assert len(said[1]["runs"]["killed and resumed"][1]["each batch"]) == 25


def test_what_was_trained_on_two_devices_is_loaded_on_one(said):
    vae = VAE.load(said[0] / "saved.vae")
    assert tf.distribute.get_strategy().num_replicas_in_sync == 1
    assert vae.optimizer.iterations.numpy() == 50


def test_what_cannot_be_trained_there_is_refused(said):
    xla, elsewhere = said[1]["errors"]
    assert "jit_compile is True, but XLA cannot train on the 2 devices" in xla
    assert "was made outside of the scope of the MirroredStrategy" in elsewhere
