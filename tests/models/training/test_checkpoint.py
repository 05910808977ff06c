"""Checkpoint files: when they are written, that none is ever half written, bad input."""

import errno
import json
import os
import zipfile

import keras
import numpy as np
import pytest

from vae_widgets import VAE
from vae_widgets.bundle import BundleError, read_archive, write_archive
from vae_widgets.models.training import checkpoint as checkpoint_module
from vae_widgets.models.training.state import EpochPosition, TrainingState


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.vae"


@pytest.fixture(scope="module")
def finished(digits, tmp_path_factory):
    """A checkpoint of two epochs."""
    vae = VAE.build((8, 8), hidden_units=())
    vae.compile("sgd", jit_compile=False)
    path = tmp_path_factory.mktemp("finished") / "run.vae"
    vae.fit(digits[:64], epochs=2, checkpoint=path, verbose=0)
    return path


class Note(keras.callbacks.Callback):
    """Notes how many epochs the checkpoint has when each epoch begins."""

    def __init__(self, path):
        super().__init__()
        self.path, self.epochs = path, []

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append(epochs_in(self.path) if self.path.exists() else None)


def epochs_in(path):
    return json.loads(read_archive(path).parts["training.json"])["epochs"]


def test_written_after_every_epoch(make_vae, digits, path):
    note = Note(path)
    make_vae().fit(digits[:64], epochs=3, checkpoint=path, callbacks=[note], verbose=0)
    assert note.epochs == [None, [0], [0, 1]]
    assert epochs_in(path) == [0, 1, 2]


def test_written_on_a_schedule_and_at_the_end(make_vae, digits, path):
    note = Note(path)
    make_vae().fit(
        digits[:64],
        epochs=5,
        checkpoint=str(path),
        checkpoint_every=2,
        callbacks=[note],
        verbose=0,
    )
    assert note.epochs == [None, None, [0, 1], [0, 1], [0, 1, 2, 3]]
    assert epochs_in(path) == [0, 1, 2, 3, 4]


def test_written_when_a_callback_stops(make_vae, digits, path):
    stopping = keras.callbacks.EarlyStopping("loss", patience=0, baseline=0.0)
    vae = make_vae()
    vae.fit(
        digits[:64],
        epochs=50,
        checkpoint=path,
        checkpoint_every=50,
        callbacks=[stopping],
        verbose=0,
    )
    assert epochs_in(path) == vae.history.epoch != list(range(50))


def test_nothing_is_written_unasked(make_vae, digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_vae().fit(digits[:64], verbose=0)
    assert not list(tmp_path.iterdir())


def test_it_holds_the_history_and_the_model(finished, digits):
    archive = read_archive(finished)
    assert archive.kind == "checkpoint"
    assert archive.manifest["training"] == {"epochs": 2}
    vae = VAE.resume(finished)
    losses = json.loads(archive.parts["training.json"])["history"]["loss"]
    assert vae.history.history["loss"] == losses
    assert len(losses) == 2
    assert int(vae.optimizer.iterations.numpy()) == 2


def test_scores_by_distance_work_from_a_checkpoint(finished, digits):
    """The statistics of the training codes in it are those of its weights."""
    vae = VAE.resume(finished)
    z_mean, z_log_var = (part.astype(float) for part in vae.encode(digits[:64]))
    covariance = np.cov(z_mean.T, bias=True) + np.diag(np.exp(z_log_var).mean(0))
    np.testing.assert_allclose(vae.code_statistics.covariance, covariance, rtol=1e-4, atol=1e-6)


def test_a_loss_of_nan_is_kept(make_vae, digits, path):
    vae = make_vae(optimizer=keras.optimizers.SGD(1e30))
    vae.fit(digits[:300], epochs=3, batch_size=32, checkpoint=path, verbose=0)
    losses = VAE.resume(path).history.history["loss"]
    np.testing.assert_array_equal(losses, vae.history.history["loss"])
    assert not np.isfinite(losses[-1])


def test_logs_of_other_callbacks_are_kept(make_vae, digits, path):
    class Log(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs.update(rate=np.float32(0.5), remark="text")

    make_vae().fit(digits[:64], epochs=2, checkpoint=path, callbacks=[Log()], verbose=0)
    history = VAE.resume(path).history.history
    assert history["rate"] == [0.5, 0.5]
    assert "remark" not in history  # numbers only


# Never half a file


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_failed_save_warns_and_leaves_the_last_one(make_vae, digits, path, monkeypatch, where):
    vae = make_vae()
    vae.fit(digits[:64], checkpoint=path, verbose=0)
    before = path.read_bytes()

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, where, full)
    with (
        pytest.warns(UserWarning, match="already exists"),
        pytest.warns(UserWarning, match=r"run\.vae' could not be written.*No space left"),
    ):
        history = vae.fit(digits[:64], epochs=2, checkpoint=path, verbose=0)
    assert history.epoch == [0, 1]  # training continues
    with pytest.raises(OSError, match="No space left"):
        vae.save_checkpoint()  # who asks is told
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["run.vae"]


def test_an_interrupt_while_saving_leaves_the_last_one(make_vae, digits, path, monkeypatch):
    vae = make_vae()
    vae.fit(digits[:64], checkpoint=path, verbose=0)
    before = path.read_bytes()

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        vae.save_checkpoint()
    assert path.read_bytes() == before


def test_replacing_one_by_a_new_run_is_announced(make_vae, digits, path, finished):
    path.write_bytes(finished.read_bytes())
    with pytest.warns(UserWarning, match=r"already exists.*VAE\.resume\('.*run\.vae'\)"):
        make_vae().fit(digits[:64], checkpoint=path, verbose=0)


# Bad input, before anything is done


def a_folder(tmp_path):
    return tmp_path


def in_no_folder(tmp_path):
    return tmp_path / "missing" / "run.vae"


def in_a_file(tmp_path):
    (tmp_path / "file").touch()
    return tmp_path / "file" / "run.vae"


def of_another_kind(tmp_path):
    return tmp_path / "run.keras"


def a_strangers_file(tmp_path):
    (tmp_path / "run.vae").write_text("precious")
    return tmp_path / "run.vae"


def a_bundle(tmp_path):
    parts = dict.fromkeys(("model.keras", "encoder.onnx", "decoder.onnx"), b"0")
    return write_archive(tmp_path / "digits.vae", "bundle", parts)


BAD_PATHS = [
    (lambda _: 7, TypeError, r"checkpoint must be the path of a \.vae file; received 7, a int"),
    (lambda _: True, TypeError, "received True, a bool"),
    (a_folder, IsADirectoryError, r"a folder; expected a file: '.*run\.vae'"),
    (in_no_folder, FileNotFoundError, "there is no folder '.*missing'; create it first"),
    (in_a_file, FileNotFoundError, "there is no folder '.*file'"),
    (of_another_kind, ValueError, r"run\.keras'; expected a name that ends in \.vae: '.*run\.vae'"),
    (
        a_strangers_file,
        ValueError,
        "an existing file that is not a checkpoint.*Choose another name",
    ),
    (a_bundle, ValueError, r"digits\.vae', a bundle that already exists"),
]


@pytest.mark.parametrize(("make_path", "error", "message"), BAD_PATHS)
def test_bad_paths(untrained, digits, tmp_path, make_path, error, message):
    path = make_path(tmp_path)
    with pytest.raises(error, match=message):
        untrained.save_checkpoint(path)
    for method in (untrained.fit, untrained.fit_async):
        with pytest.raises(error, match=message):
            method(digits[:64], checkpoint=path)
    assert int(untrained.optimizer.iterations.numpy()) == 0


@pytest.fixture(scope="module")
def untrained():
    return VAE.build((8, 8), hidden_units=())


def test_a_folder_that_cannot_be_written_to(untrained, digits, path, monkeypatch):
    """As root may write everywhere, the system's refusal is acted."""

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(checkpoint_module.tempfile, "TemporaryFile", refuse)
    with pytest.raises(PermissionError, match=r"its folder cannot be written to: .*denied"):
        untrained.fit(digits[:64], checkpoint=path, verbose=0)


@pytest.mark.parametrize(
    ("every", "error", "message"),
    [
        (0, ValueError, "checkpoint_every must be at least 1; received 0"),
        (1.5, TypeError, r"checkpoint_every must be a whole number; received 1\.5"),
        ("1 epoch", TypeError, "checkpoint_every must be a whole number; received '1 epoch'"),
    ],
)
def test_bad_schedules(untrained, digits, path, every, error, message):
    with pytest.raises(error, match=message):
        untrained.fit(digits[:64], checkpoint=path, checkpoint_every=every)
    assert not path.exists()


def test_no_path_at_all(make_vae, digits, untrained):
    with pytest.raises(ValueError, match=r"path is None.*checkpoint=.*save_checkpoint\('run\.vae'"):
        untrained.save_checkpoint()
    vae = make_vae()
    run = vae.fit_async(digits[:64])
    run.wait(60)
    with pytest.raises(ValueError, match="path is None"):
        run.checkpoint()


# Bad files


def test_what_is_no_checkpoint(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.vae does not exist"):
        VAE.resume(tmp_path / "missing.vae")
    with pytest.raises(IsADirectoryError, match="folder"):
        VAE.resume(tmp_path)
    with pytest.raises(BundleError, match=r"is a bundle.*expected a checkpoint.*VAE\.load"):
        VAE.resume(a_bundle(tmp_path))
    with pytest.raises(BundleError, match="is not a zip file"):
        VAE.resume(a_strangers_file(tmp_path))


def test_a_truncated_file(finished, path):
    content = finished.read_bytes()
    for length in range(0, len(content), len(content) // 20):
        path.write_bytes(content[:length])
        with pytest.raises(BundleError):
            VAE.resume(path)


def test_a_part_that_was_changed(finished, path):
    with zipfile.ZipFile(finished) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "training.json":
                content = content.replace(b'"epoch": 2', b'"epoch": 1')
            new.writestr(entry, content)
    with pytest.raises(BundleError, match=r"part 'training\.json' was changed"):
        VAE.resume(path)


POSITION = {
    "totals": [3.0, 2.0, 1.0, 64.0, 2.0],
    "iterations": 2,
    "noise_seed": [0, 1],
    "n_samples": 64,
    "batch_size": 32,
    "shuffle": True,
}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("epoch", -1, "epoch must be at least 0; received -1"),
        ("epoch", "two", "epoch must be a whole number; received 'two'"),
        ("epochs", [0, 0.5], "epochs must be a whole number"),
        ("epochs", None, "epochs must be a list; received None"),
        ("history", {"loss": 3}, "history must be an object of lists; received {'loss': 3}"),
        ("history", ["loss"], r"history must be an object of lists; received \['loss'\]"),
        ("history", {"loss": ["high"]}, "could not convert"),
        ("seed", 1.5, "seed must be a whole number"),
        ("generators", [[1, 2, 3]], r"generators must be a list of 2; received \[1, 2, 3\]"),
        ("generators", [[1, 2]], "generators has 1 states; expected 2"),
        ("position", {}, "totals"),
        ("position", {**POSITION, "totals": [1.0]}, "totals must be a list of 5 numbers"),
        ("position", {**POSITION, "totals": [1, 1, 1, 2, 0]}, "weight and a number of batches"),
        ("position", {**POSITION, "batch_size": 0}, "batch_size must be at least 1"),
        ("position", {**POSITION, "noise_seed": [1]}, "noise_seed must be a list of 2"),
    ],
)
def test_a_training_state_that_makes_no_sense(finished, path, field, value, message):
    parts = dict(read_archive(finished).parts)
    state = json.loads(parts["training.json"])
    parts["training.json"] = json.dumps({**state, field: value}).encode()
    write_archive(path, "checkpoint", parts)
    with pytest.raises(BundleError, match=rf"part 'training\.json' is not.*{message}"):
        VAE.resume(path)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"\xff", b"[" * 10_000, b'{"epoch": NaN}'])
def test_a_training_state_that_is_none(finished, path, text):
    parts = {**read_archive(finished).parts, "training.json": text}
    write_archive(path, "checkpoint", parts)
    with pytest.raises(BundleError, match=r"part 'training\.json' is not what it should be"):
        VAE.resume(path)


def test_classes_that_this_process_does_not_know(digits, path):
    package = "test_checkpoint"

    @keras.saving.register_keras_serializable(package=package)
    class Mystery(keras.layers.Layer):
        def call(self, x):
            return x

    x, z = keras.Input((8, 8)), keras.Input((2,))
    h = Mystery()(keras.layers.Flatten()(x))
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    decoder = keras.Model(z, keras.layers.Reshape((8, 8))(keras.layers.Dense(64)(z)))
    VAE(encoder, decoder).save_checkpoint(path)
    assert VAE.resume(path).latent_dim == 2
    del keras.saving.get_custom_objects()[f"{package}>Mystery"]
    with pytest.raises(BundleError, match=r"class Mystery.*register_keras_serializable"):
        VAE.resume(path)


def test_the_state_survives_json():
    state = TrainingState(
        epoch=3,
        epochs=[0, 1, 2],
        history={"loss": [1.5, float("inf"), float("nan")], "val_loss": [0.1]},
        seed=2**31 - 1,
        generators=[[1, 2], [2**32 - 1, 0]],
        position=EpochPosition(
            [np.pi, 2.0, float("inf"), 7.0, 1.0], 30, [5, 6], 100, 7, shuffle=False
        ),
    )
    again = TrainingState.from_json(state.to_json())
    assert str(again) == str(state)  # NaN is not equal to itself
    assert b"NaN" not in state.to_json()
