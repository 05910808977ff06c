import numpy as np
import pytest

from vae_widgets.datasets.voices import Cut, Piece, dataset_of_pieces, held_out_pieces


def piece(name, seed, steps=40, label=0):
    pitches = np.random.default_rng(seed).integers(50, 70, (steps, 2), dtype=np.uint8)
    return Piece(name, pitches, label)


def pitches_of(ds, x):
    return ds.renderer.pitches(x)


def test_windows_are_those_of_the_pieces_in_each_key_that_fits():
    cut = Cut(steps=8, transpose=(-1, 2), test_size=0.5)
    pieces = [piece("a", 0, label=1), piece("b", 1)]
    ds = dataset_of_pieces("two", pieces, cut, ("b", "a"), "here", "free")
    out = held_out_pieces(pieces, cut)
    assert out.sum() == 1
    trained, tested = pieces[int(out[0])], pieces[int(out[1])]
    every = np.concatenate([p.pitches for p in pieces])
    low, high = every.min(), every.max()
    expected = set()
    for shift in range(-1, 3):
        for start in range(0, 40 - 8 + 1, 2):  # each quarter note
            window = trained.pitches[start : start + 8].astype(int) + shift
            if low <= window.min() and window.max() <= high:
                expected.add(window.tobytes())
    found = [window.astype(int).tobytes() for window in pitches_of(ds, ds.x_train)]
    assert set(found) == expected
    assert len(found) == len(expected)
    whole = [tested.pitches[start : start + 8] for start in range(0, 33, 4)]
    np.testing.assert_array_equal(pitches_of(ds, ds.x_test), whole)
    assert set(ds.y_train) == {trained.label}
    assert set(ds.y_test) == {tested.label}
    assert ds.n_classes == high - low + 2
    assert ds.likelihood == "categorical"


def test_rests_stay_rests_and_silent_windows_are_left_out():
    quiet = np.zeros((24, 2), np.uint8)
    quiet[0] = 60
    pieces = [Piece("quiet", quiet), piece("b", 1), Piece("other", quiet[:, ::-1] + 0)]
    ds = dataset_of_pieces("q", pieces, Cut(steps=4), None, "here", "free")
    assert (ds.x_train != 0).any(axis=(1, 2)).all()
    assert (ds.x_test != 0).any(axis=(1, 2)).all()
    assert ds.y_train is None


@pytest.mark.parametrize("seed", range(5))
def test_pieces_that_share_a_window_stay_together(seed):
    """Also in another key, and where the second begins with something else."""
    pieces = [piece(str(i), i) for i in range(6)]
    joined = np.concatenate([piece("x", 99).pitches[:7], pieces[2].pitches + np.uint8(3)])
    pieces.append(Piece("again", joined))
    out = held_out_pieces(pieces, Cut(steps=8, seed=seed))
    assert out[2] == out[6]
    assert 0.2 <= out.mean() < 0.5
    np.testing.assert_array_equal(out, held_out_pieces(pieces, Cut(steps=8, seed=seed)))


def test_copies_of_one_piece_cannot_be_held_out():
    with pytest.raises(ValueError, match="at least two different pieces"):
        held_out_pieces([piece("a", 0), piece("again", 0)], Cut(steps=8))
