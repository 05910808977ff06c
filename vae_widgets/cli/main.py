"""The entry point: arguments, one command, an exit code."""

import argparse
import contextlib
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

import vae_widgets as vw
from vae_widgets.cli import export, info, lab, plugins, score, train
from vae_widgets.cli.errors import (
    BUG,
    EXIT_CODES,
    INTERRUPTED,
    NOT_DONE,
    CommandError,
    report,
)
from vae_widgets.cli.lasting_output import LastingOutput
from vae_widgets.core.one_line import one_line

COMMANDS = (lab, train, score, export, info, plugins)
_EXPECTED = (CommandError, ModuleNotFoundError, OSError, ValueError, TypeError, RuntimeError)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    made = argparse.ArgumentParser(
        prog="vae-widgets",
        description="Variational autoencoders from the command line: train one, score rows with "
        "it, look at it.",
        epilog=f"'vae-widgets COMMAND --help' says more about a command.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"vae_widgets {vw.__version__}")
    commands = made.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        one = commands.add_parser(
            name,
            help=command.SUMMARY,
            description=command.DESCRIPTION,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code (see `EXIT_CODES`)."""
    arguments = parser().parse_args(argv)
    with warnings.catch_warnings(), contextlib.redirect_stdout(LastingOutput(sys.stdout)):
        warnings.simplefilter("ignore")  # other kinds are for authors of packages
        warnings.simplefilter("default", UserWarning)
        warnings.simplefilter("default", RuntimeWarning)
        warnings.showwarning = _show_warning
        try:
            code: int = arguments.run(arguments)
            sys.stdout.flush()
            return code
        except KeyboardInterrupt:
            report("interrupted; nothing was written.")
            return INTERRUPTED
        except (
            CommandError,
            ModuleNotFoundError,
            OSError,
            ValueError,
            TypeError,
            RuntimeError,
        ) as error:
            report(one_line(error))
            return NOT_DONE
        except Exception:
            traceback.print_exc()
            report("this is a bug. Please report it with the lines above.")
            return BUG


def _show_warning(message: Any, *_: Any, **__: Any) -> None:
    report(f"warning: {message}")
