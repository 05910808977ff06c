"""The command line ``vae-widgets``: one module for each command.

See ``docs/how_to/command_line.md``.
"""

import sys

try:
    from vae_widgets.cli.main import main
except KeyboardInterrupt:  # Ctrl+C may come before there is a command
    print("vae-widgets: interrupted; nothing was written.", file=sys.stderr)
    raise SystemExit(130) from None

__all__ = ["main"]
