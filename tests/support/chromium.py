"""Find a Chromium for the browser tests, or install one."""

import os
import pathlib
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a Chromium on this machine: the system's first, then Playwright's."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if not pathlib.Path(named).is_file():
            raise FileNotFoundError(f"CHROMIUM_PATH is {named}, which is not a file.")
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return playwrights()


def playwrights() -> str | None:
    """Return the path of Playwright's own Chromium if it has been downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if pathlib.Path(path).is_file() else None


def find_or_install() -> str:
    """Return the path of a Chromium; try Playwright's download, then Debian's package as root."""
    if path := find():
        return path
    # Standard output belongs to pytest's report.
    quiet = {"stdout": sys.stderr, "stderr": sys.stderr, "timeout": 300}
    try:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], **quiet)
    except subprocess.TimeoutExpired:
        print("Playwright's download of Chromium took over 300 s; given up.", file=sys.stderr)
    if path := find():
        return path
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], env=environment, **quiet)
    if path := find():
        return path
    raise RuntimeError(
        "The browser tests need Chromium: none was found, Playwright could not download one, and "
        "Debian's package could not be installed. Install chromium or Google Chrome, or set "
        "CHROMIUM_PATH to its executable."
    )
