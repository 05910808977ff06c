"""The command line ``vae-widgets``: one module for each command. See ``docs/command_line.md``."""

from vae_widgets.cli.main import main

__all__ = ["main"]
