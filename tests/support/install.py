"""Install packages as pip would, by uv, which takes a fifth of the processor time.

    python tests/support/install.py --editable ".[test]"

The arguments are those of ``uv pip install``. uv does not read the configuration of pip: where
packages come from is passed on to it.
"""

import ast
import os
import subprocess
import sys

# Setting of pip -> variable of uv, and what separates several values in it.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
SECTIONS = ("global.", "install.", ":env:.")  # each one counts more than those before


def variables(listed: str) -> dict[str, str]:
    """Return the variables of uv for the output of ``pip config list``."""
    settings = [line.partition("=")[::2] for line in listed.splitlines()]
    found: dict[str, str] = {}
    for section in SECTIONS:
        for name, value in settings:
            if name.startswith(section) and name.removeprefix(section) in VARIABLES:
                variable, separator = VARIABLES[name.removeprefix(section)]
                found[variable] = separator.join(ast.literal_eval(value).split())
    return found


def environment() -> dict[str, str]:
    """Return the environment in which uv installs what pip would install here."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # pip takes the best version of all indices, not that of the first one with the package.
    like_pip = {"UV_INDEX_STRATEGY": "unsafe-best-match", **variables(listed)}
    return {**like_pip, **os.environ, "VIRTUAL_ENV": sys.prefix}


def uv_pip_install() -> list[str]:
    """Return the command, which the arguments follow."""
    return [sys.executable, "-m", "uv", "pip", "install"]


if __name__ == "__main__":
    done = subprocess.run([*uv_pip_install(), *sys.argv[1:]], env=environment())
    sys.exit(done.returncode)
