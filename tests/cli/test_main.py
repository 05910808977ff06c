import re
import subprocess
import sys
from pathlib import Path

import pytest

import vae_widgets as vw
from tests.cli.conftest import SAVED
from vae_widgets.cli import info, main
from vae_widgets.cli.errors import EXIT_CODES
from vae_widgets.cli.main import COMMANDS, parser

PAGE = (Path(__file__).parents[2] / "docs/how_to/command_line.md").read_text()
NAMES = [command.__name__.rpartition(".")[2] for command in COMMANDS]


def help_of(run, *command):
    code, text, errors = run(*command, "--help")
    assert (code, errors) == (0, [])
    return text


def test_help_names_commands_and_exit_codes(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    text = help_of(run)
    for command, name in zip(COMMANDS, NAMES, strict=True):
        assert re.search(rf"^    {name} +{command.SUMMARY}$", text, re.MULTILINE)
    assert EXIT_CODES in text


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_each_option_and_no_other(run, name):
    options = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", help_of(run, name))) - {"--help"}
    section = PAGE.split(f"\n## vae-widgets {name}\n")[1].split("\n## ")[0]
    described = set(re.findall(r"`(--[a-z][\w-]*)", section))
    if name == "lab":  # those of JupyterLab
        options -= {"--no-browser", "--port"}
    assert described == options


def test_the_page_has_the_exit_codes():
    described = dict(re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE))
    codes = re.findall(r"^  (\d+) +(.*)$", EXIT_CODES, re.MULTILINE)
    assert list(described.items()) == codes


def test_the_examples_of_the_page_can_be_parsed():
    examples = re.findall(r"^vae-widgets (.*)$", PAGE, re.MULTILINE)
    assert len(examples) >= len(COMMANDS)
    for example in examples:
        parser().parse_args(example.partition(" #")[0].split())


def test_a_wrong_command_is_refused(run):
    code, _, errors = run("scroe")
    assert code == 2
    assert "invalid choice: 'scroe'" in errors[-1]


def test_errors_are_one_line(run, monkeypatch):
    monkeypatch.setattr(info, "read_archive", lambda path: (_ for _ in ()).throw(OSError("a\n b")))
    assert run("info", "x.vae") == (2, "", ["vae-widgets: a b"])


def test_an_interrupt_and_a_bug_have_their_own_codes(run, monkeypatch):
    def fail(error):
        def read(path):
            raise error

        monkeypatch.setattr(info, "read_archive", read)
        return run("info", "x.vae")

    assert fail(KeyboardInterrupt())[0] == 130
    code, _, errors = fail(KeyError("x"))
    assert code == 3
    assert errors[0].startswith("Traceback")
    assert "this is a bug" in errors[-1]


PROGRAM = [sys.executable, "-c", "from vae_widgets.cli import main; raise SystemExit(main())"]


def test_output_may_be_cut_off():
    with subprocess.Popen(
        [*PROGRAM, "info", SAVED / "dense.vae"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


SLOW = """
import sys
from vae_widgets import cli
from vae_widgets.cli import info, main
def work(arguments):
    print("begun", flush=True)
    sys.stdin.readline()
    print("more" * 10_000)  # more than a buffer
    open("result", "w").close()
    return 0
info.run = work
raise SystemExit(cli.main(["info", "x.vae"]))
"""


def test_a_command_works_on_when_the_reader_of_its_output_has_gone(tmp_path):
    """As ``vae-widgets train ... | head -1`` does, after an hour of training."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", SLOW], cwd=tmp_path, **pipes) as process:
        assert process.stdout.readline() == b"begun\n"
        process.stdout.close()
        process.stdin.write(b"go\n")
        process.stdin.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
    assert (tmp_path / "result").exists()


def test_there_may_be_no_standard_output(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["info", str(SAVED / "dense.vae")]) == 0


def test_an_interrupt_while_the_program_starts_has_no_traceback():
    code = """
import sys
class Interrupt:
    def find_spec(self, name, *_):
        if name == "vae_widgets.cli.main":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from vae_widgets.cli import main
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 130
    assert done.stderr == b"vae-widgets: interrupted; nothing was written.\n"


def test_warnings_are_one_line(run, monkeypatch):
    def read(path):
        import warnings

        warnings.warn("mind\nthis", UserWarning, stacklevel=1)
        raise OSError("stop")

    monkeypatch.setattr(info, "read_archive", read)
    assert run("info", "x.vae")[2] == ["vae-widgets: warning: mind this", "vae-widgets: stop"]


def test_the_installed_program_starts_without_heavy_packages(tmp_path):
    """The script that pip installs, in a process of its own."""
    script = Path(sys.executable).with_name("vae-widgets")
    shown = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"vae_widgets {vw.__version__}\n"
    failed = subprocess.run(
        [script, "info", tmp_path / "no.vae"], capture_output=True, text=True, check=False
    )
    assert failed.returncode == 2
    assert (
        failed.stderr == f"vae-widgets: {tmp_path}/no.vae does not exist; expected a .vae file.\n"
    )
    code = f"""
import sys
from vae_widgets.cli import main
assert main(["info", {str(SAVED / "dense.vae")!r}]) == 0
heavy = {{"tensorflow", "keras", "pandas", "pyarrow", "onnxruntime", "ipywidgets", "rich"}}
print(heavy & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
