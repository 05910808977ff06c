import errno
import os
import signal
import stat
import subprocess
import sys

import pytest

from vae_widgets.core import atomic_file as module
from vae_widgets.core.atomic_file import atomic_file, check_target, open_regular, read_file


def write(path, content=b"new"):
    with atomic_file(path) as file:
        file.write(content)


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
    with pytest.raises(IsADirectoryError, match="is a folder"):
        open_regular(tmp_path)


def test_the_folder_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"), atomic_file(tmp_path / "no" / "file"):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="no folder"):
        check_target(tmp_path / "file" / "inside")


def test_a_folder_in_which_no_files_may_be_made_is_named_before_any_work(tmp_path, monkeypatch):
    folder, may = tmp_path / "shared", os.access
    folder.mkdir()

    def access(path, mode):  # the tests may run as root, who may do anything
        return may(path, mode) and not (path == folder and mode & os.W_OK)

    monkeypatch.setattr(module.os, "access", access)
    for act in (check_target, write):
        with pytest.raises(
            PermissionError, match=r"x\.bin cannot be written: .* folder .*shared\."
        ):
            act(folder / "x.bin")
    write(tmp_path / "x.bin")


def test_a_scratch_file_that_is_refused_is_not_named(tmp_path, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(module.os, "open", refuse)
    with pytest.raises(PermissionError) as caught:
        write(tmp_path / "mine.bin")
    assert caught.value.filename == str(tmp_path / "mine.bin")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_keeps_its_mode_and_is_never_more_open(tmp_path, mode):
    target = tmp_path / "secret"
    target.touch()
    target.chmod(mode)
    with atomic_file(target):
        (scratch,) = set(tmp_path.iterdir()) - {target}
        assert stat.S_IMODE(scratch.stat().st_mode) & ~mode == 0
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path):
    (tmp_path / "other").touch()
    write(tmp_path / "mine")
    assert (tmp_path / "mine").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "link"
    link.symlink_to("elsewhere/file")  # which is not there yet
    for content in (b"first", b"second"):
        write(link, content)
        assert link.is_symlink()
        assert (tmp_path / "elsewhere" / "file").read_bytes() == content
    assert len(list(tmp_path.rglob("*"))) == 3
    link.unlink()
    link.symlink_to("link")
    with pytest.raises(OSError, match="symbolic links") as caught:
        write(link)
    assert caught.value.filename == str(link)


def special_files(folder):
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("/dev/zero")
    return [folder / "pipe", folder / "link", "/dev/full", "/dev/zero", "/dev/null"]


def test_devices_and_pipes_are_refused_and_stay(tmp_path):
    for path in special_files(tmp_path):
        before = os.stat(path)
        for act in (write, check_target, open_regular, read_file):
            with pytest.raises(OSError, match="is a device, a pipe or a socket"):
                act(path)
        assert (os.stat(path).st_ino, os.stat(path).st_mode) == (before.st_ino, before.st_mode)


def test_errors_name_the_file_of_the_user(tmp_path, monkeypatch):
    target = tmp_path / "mine.bin"
    for at in ("fsync", "replace"):
        with monkeypatch.context() as patch:

            def fail(*arguments):
                names = [name for name in arguments[:1] if isinstance(name, str)]
                raise OSError(errno.ENOSPC, "No space left on device", *names)

            patch.setattr(module.os, at, fail)
            with pytest.raises(OSError, match="No space left on device") as caught:
                write(target)
        assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(target))
        assert caught.value.filename2 is None
        assert list(tmp_path.iterdir()) == []
    # The error of another file in the block stays what it is.
    with pytest.raises(FileNotFoundError) as caught, atomic_file(target):
        (tmp_path / "other").read_bytes()
    assert caught.value.filename == str(tmp_path / "other")


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "x" * 251 + ".vae"])
def test_names_may_be_as_long_as_the_system_allows(tmp_path, name):
    write(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(OSError, match="too long") as caught:
        write(tmp_path / (name + "xx"))
    assert caught.value.filename == str(tmp_path / (name + "xx"))


def test_the_name_reaches_the_disk(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync

    def record(descriptor):
        synced.append(os.fstat(descriptor))
        fsync(descriptor)

    monkeypatch.setattr(module.os, "fsync", record)
    write(tmp_path / "file")
    assert [stat.S_ISDIR(each.st_mode) for each in synced] == [False, True]
    assert synced[1].st_ino == tmp_path.stat().st_ino


def test_a_suffix_is_asked_for_before_anything_is_done(tmp_path):
    check_target(tmp_path / "x.PNG", ".png")
    for name in ("x.jpg", "x"):
        expected = pytest.raises(ValueError, match=r"a name that ends in \.png: '.*x\.png'")
        with expected, atomic_file(tmp_path / name, ".png"):
            pytest.fail("was opened")


def test_scratch_files_of_killed_processes_are_removed_and_no_others(tmp_path):
    code = (
        "import os, sys; from vae_widgets.core.atomic_file import atomic_file\n"
        "with atomic_file(sys.argv[1]) as file: print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "other")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        (scratch,) = tmp_path.iterdir()
        kept = [
            tmp_path / ".vae_widgets-notes.tmp",
            tmp_path / ("." + "0" * 32),
            tmp_path / f".vae_widgets-{'1' * 32}.tmp",
        ]
        for path in kept[:2]:
            path.touch()
        kept[2].symlink_to(kept[0])
        write(tmp_path / "mine")
        assert set(tmp_path.iterdir()) == {scratch, *kept, tmp_path / "mine"}
        process.send_signal(signal.SIGKILL)
    assert scratch.exists()
    write(tmp_path / "mine")
    assert set(tmp_path.iterdir()) == {*kept, tmp_path / "mine"}


def test_the_mode_goes_to_the_scratch_file_also_if_its_name_is_given_to_another(
    tmp_path, monkeypatch
):
    """In a shared folder someone may put a link to a file of the user in its place."""
    target, other = tmp_path / "mine", tmp_path / "other"
    for path, mode in ((target, 0o644), (other, 0o600)):
        path.touch()
        path.chmod(mode)
    real = os.chown

    def swap(what, *owner, **options):
        (scratch,) = tmp_path.glob(".vae_widgets-*.tmp")
        scratch.unlink()
        scratch.symlink_to(other)
        real(what, *owner, **options)

    monkeypatch.setattr(module.os, "chown", swap)
    write(target)
    assert stat.S_IMODE(other.stat().st_mode) == 0o600
