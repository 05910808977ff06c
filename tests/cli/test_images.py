import os
import re

import numpy as np
import pytest
from PIL import Image

from vae_widgets.cli.errors import CommandError
from vae_widgets.cli.images import read_pictures

GREY = np.arange(96, dtype=np.uint8).reshape(8, 12)


@pytest.fixture
def save(tmp_path):
    def save(name, pixels):
        Image.fromarray(pixels).save(tmp_path / name)

    return save


def test_grey_pictures_have_one_channel(save, tmp_path):
    save("b.png", GREY[::-1].copy())
    save("a.bmp", GREY)
    save("c.png", GREY.astype(np.uint16) * 257)
    pictures, n_bad = read_pictures(tmp_path, None)
    assert n_bad == 0
    np.testing.assert_array_equal(pictures[..., 0], [GREY, GREY[::-1], GREY])


def test_one_in_colour_makes_all_colour(save, tmp_path):
    colour = np.stack([GREY, GREY + 1, GREY + 2], axis=-1)
    save("a.png", GREY)
    save("b.png", colour)
    pictures, _ = read_pictures(tmp_path, None)
    np.testing.assert_array_equal(pictures, [np.repeat(GREY[..., None], 3, axis=2), colour])


def test_pictures_of_other_sizes_are_named_or_scaled(save, tmp_path):
    save("a.png", GREY)
    save("b.png", GREY[:, :8].copy())
    with pytest.raises(CommandError, match=r"b\.png has 8x8 pixels, and .*a\.png 12x8.*--side"):
        read_pictures(tmp_path, None)
    assert read_pictures(tmp_path, 16)[0].shape == (2, 16, 16, 1)


def test_a_folder_without_pictures_is_refused(tmp_path, capsys):
    with pytest.raises(CommandError, match="has no pictures"):
        read_pictures(tmp_path, None)
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(CommandError, match=r"no picture in .* can be read"):
        read_pictures(tmp_path, None)
    assert "a.png is not a picture that can be read" in capsys.readouterr().err


def test_what_is_no_picture_file_is_named_and_does_not_wait(save, tmp_path, capsys):
    save("a.png", GREY)
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "again").symlink_to(".")
    (tmp_path / "folder.png").mkdir()
    save("folder.png/b.png", GREY)
    pictures, n_bad = read_pictures(tmp_path, None)
    assert (len(pictures), n_bad) == (2, 3)
    lines = capsys.readouterr().err.splitlines()
    assert [re.search(r"(\w+)\.png is not a picture", line)[1] for line in lines] == [
        "loop",
        "pipe",
        "zero",
    ]


def test_numbers_of_more_than_sixteen_bits_are_refused(save, tmp_path, capsys):
    save("a.png", GREY)
    save("float.tif", GREY.astype(np.float32) / 96)
    save("wide.tif", GREY.astype(np.int32) * 1000)
    save("deep.tif", GREY.astype(np.int32) * 257)
    pictures, n_bad = read_pictures(tmp_path, None)
    np.testing.assert_array_equal(pictures[..., 0], [GREY, GREY])
    assert n_bad == 2
    errors = capsys.readouterr().err
    assert "its pixels are float32 numbers from 0 to 0.9896; expected 8 or 16 bits" in errors
    assert "its pixels are int32 numbers from 0 to 9.5e+04; expected 8 or 16 bits" in errors


@pytest.mark.parametrize("side", [0, -3, 10**6])
def test_a_side_that_no_picture_has_is_refused(save, tmp_path, side):
    save("a.png", GREY)
    with pytest.raises(CommandError, match=rf"--side is {side}; expected 1 to 4096 pixels"):
        read_pictures(tmp_path, side)
