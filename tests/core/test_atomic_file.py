import pytest

from vae_widgets.core.atomic_file import atomic_file


def test_the_file_is_replaced_at_the_end(tmp_path):
    target = tmp_path / "notes.bin"
    target.write_bytes(b"old")
    with atomic_file(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_no_litter(tmp_path):
    target = tmp_path / "notes.bin"
    target.write_bytes(b"old")
    with pytest.raises(TypeError), atomic_file(target) as file:
        file.writelines([b"half", "no bytes"])
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"), atomic_file(tmp_path):
        pass


def test_the_folder_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"), atomic_file(tmp_path / "no" / "file"):
        pass
