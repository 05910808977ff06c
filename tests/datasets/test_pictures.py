import os

import numpy as np
import pytest
from PIL import Image

from vae_widgets.datasets.pictures import find_pictures, read_pictures

GREY = np.arange(96, dtype=np.uint8).reshape(8, 12)
COLOUR = np.stack([GREY, GREY + 1, GREY + 2], axis=-1)


@pytest.fixture
def save(tmp_path):
    def save(name, pixels):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / name)

    return save


def read(folder, *arguments, **options):
    return read_pictures(find_pictures(folder), *arguments, **options)


def test_grey_pictures_have_one_channel(save, tmp_path):
    save("b.png", GREY[::-1].copy())
    save("a.bmp", GREY)
    save("inside/c.png", GREY.astype(np.uint16) * 257)
    save("inside/d.pgm", GREY)
    save(".hidden.png", GREY)
    pictures = read(tmp_path)
    assert [file.name for file in pictures.files] == ["a.bmp", "b.png", "c.png", "d.pgm"]
    assert pictures.problems == {}
    np.testing.assert_array_equal(pictures.x[..., 0], [GREY, GREY[::-1], GREY, GREY])


def test_twelve_bits_in_files_of_sixteen_keep_their_grey_levels(save, tmp_path):
    deep = np.linspace(0, 4095, 300).reshape(15, 20).astype(np.uint16)
    save("bright.png", deep)
    save("dark.tiff", deep // 4)  # scaled as the other one, so that it stays darker
    save("eight.png", np.full((15, 20), 200, np.uint8))
    pictures = read(tmp_path)
    assert pictures.problems == {}
    bright, dark, eight = pictures.x[..., 0].astype(float)
    np.testing.assert_allclose(bright, deep * (255 / 4095), atol=0.51)
    np.testing.assert_allclose(dark, deep // 4 * (255 / 4095), atol=0.51)
    assert len(np.unique(bright)) == 256
    assert (eight == 200).all()


@pytest.mark.parametrize(("highest", "white"), [(255, 255), (1000, 1023), (9000, 16383)])
def test_the_bits_that_are_used_are_those_of_a_camera(save, tmp_path, highest, white):
    save("a.png", np.full((8, 8), highest, np.uint16))
    assert (read(tmp_path).x == round(255 * highest / white)).all()


def test_one_in_colour_makes_all_colour(save, tmp_path):
    save("a.png", GREY)
    save("b.png", COLOUR)
    expected = [np.repeat(GREY[..., None], 3, axis=2), COLOUR]
    np.testing.assert_array_equal(read(tmp_path).x, expected)
    assert read(tmp_path, color=False).x.shape == (2, 8, 12, 1)
    (tmp_path / "b.png").unlink()
    np.testing.assert_array_equal(read(tmp_path, color=True).x, expected[:1])


def test_pictures_of_other_sizes_are_named_or_scaled(save, tmp_path):
    save("a.png", GREY)
    save("b.png", GREY[:, :8].copy())
    with pytest.raises(ValueError, match=r"b\.png has 8x8 pixels, and .*a\.png 12x8.* size=64"):
        read(tmp_path)
    assert read(tmp_path, (16, 20)).x.shape == (2, 16, 20, 1)


def test_the_middle_is_cut_out_or_the_whole_is_squeezed(save, tmp_path):
    wide = np.zeros((8, 16), np.uint8)
    wide[:, 4:12] = 200
    save("wide.png", wide)
    assert (read(tmp_path, (8, 8), crop=True).x == 200).all()
    squeezed = read(tmp_path, (8, 8)).x[0, :, :, 0]
    assert squeezed[:, 0].max() < 50
    assert squeezed[:, 3:5].min() > 150


def test_damaged_pictures_are_named(save, tmp_path):
    with pytest.raises(FileNotFoundError, match="has no pictures"):
        read(tmp_path)
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder"):
        read(tmp_path / "nowhere")
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(
        ValueError, match=r"none of 1 pictures can be read.*a\.png: cannot identify"
    ):
        read(tmp_path)
    save("b.png", GREY)
    pictures = read(tmp_path)
    assert [file.name for file in pictures.files] == ["b.png"]
    assert list(pictures.problems) == [tmp_path / "a.png"]


def test_a_picture_with_too_many_pixels_is_left_out(save, tmp_path, monkeypatch):
    save("a.png", GREY[:4, :4].copy())
    save("b.png", GREY)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    pictures = read(tmp_path)
    assert [file.name for file in pictures.files] == ["a.png"]
    assert "exceeds limit of 50 pixels" in pictures.problems[tmp_path / "b.png"]


def test_what_is_no_picture_file_is_named_and_does_not_wait(save, tmp_path):
    save("a.png", GREY)
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "again").symlink_to(".")
    save("folder.png/b.png", GREY)
    pictures = read(tmp_path)
    assert [file.name for file in pictures.files] == ["a.png", "b.png"]
    assert [file.name for file in pictures.problems] == ["loop.png", "pipe.png", "zero.png"]


def test_numbers_of_more_than_sixteen_bits_are_refused(save, tmp_path):
    save("a.png", GREY)
    save("float.tif", GREY.astype(np.float32) / 96)
    save("wide.tif", GREY.astype(np.int32) * 1000)
    save("deep.tif", GREY.astype(np.int32) * 257)
    pictures = read(tmp_path)
    np.testing.assert_array_equal(pictures.x[..., 0], [GREY, GREY])
    expected = "its pixels are {} numbers from 0 to {}; expected 8 or 16 bits"
    found = list(pictures.problems.values())
    assert expected.format("float32", "0.9896") in found[0]
    assert expected.format("int32", "9.5e+04") in found[1]
