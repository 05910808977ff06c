"""``vae-widgets plugins``: what other packages add."""

import argparse
import warnings

from vae_widgets.cli.errors import OK, SOME_BAD
from vae_widgets.core.one_line import one_line

SUMMARY = "list what other packages add to vae_widgets"
DESCRIPTION = """\
List the data sets, renderers, codecs and threshold methods of other packages that
are installed, and whether each can be used."""

_HEADINGS = ("KIND", "NAME", "PACKAGE", "STATE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command: none."""


def run(arguments: argparse.Namespace) -> int:
    """List the plugins; return the exit code."""
    from vae_widgets.plugins import list_plugins

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the table has the reasons
        found = list_plugins()
    if not found:
        print("No other package adds anything.")
        return OK
    rows = [_HEADINGS]
    for plugin in found:
        package = f"{plugin.package} {plugin.version}"
        rows.append((plugin.kind, one_line(plugin.name), one_line(package), one_line(plugin.state)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for *cells, state in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        print("  ".join([*padded, state]))
    return SOME_BAD if any(plugin.state != "ready" for plugin in found) else OK
