"""The HTML of an exported page. Text from data cannot end a script or start one."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

MODULES = "vaeWidgetsModules"
"""Where the modules of a page register their views (``frontend/src/exported_page/page.ts``)."""

_EXPORTS = re.compile(r"export\{([^{}]+)\};?\s*$")


def html_document(
    title: str,
    styles: Sequence[str],
    shared: str,
    modules: Sequence[str],
    data: Mapping[str, Any],
    workers: bool = False,
) -> str:
    """Return the page: CSS, the code that all modules share, the modules, and the data as JSON.

    Its Content-Security-Policy allows these scripts alone, by their hashes, and no request. With
    `workers`, they may also start workers that they have made.
    """
    code = [_in_script(text) for text in (f"var {MODULES}={{}};{shared}", *modules)]
    hashes = " ".join(f"'sha256-{_sha256(text)}'" for text in code)
    policy = (
        f"default-src 'none'; script-src {hashes} 'wasm-unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; "
        f"{'worker-src blob:; ' if workers else ''}base-uri 'none'; form-action 'none'"
    )
    scripts = [f"<script>{code[0]}</script>"]
    scripts += [f'<script type="module">{text}</script>' for text in code[1:]]
    content = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(title)}</title>",
            *(f"<style>{style.replace('</style', '')}</style>" for style in styles),
            "</head>",
            "<body>",
            '<main id="vw-page"></main>',
            f'<script type="application/json" id="vw-data">{_in_json(content)}</script>',
            *scripts,
            "</body>",
            "</html>",
            "",
        ]
    )


def registered(module: str, name: int | str) -> str:
    """Return a module of the front end that registers what it exports under a name.

    A page cannot import from its own scripts.
    """
    code, found = _EXPORTS.subn(lambda match: _register(match[1], name), module)
    if not found:
        raise ValueError(f"module {name} of the front end has no exports at its end.")
    return code


def _register(exports: str, name: int | str) -> str:
    pairs = [(part.strip().split(" as ") * 2)[:2] for part in exports.split(",")]
    fields = ",".join(f"{exported}:{local}" for local, exported in pairs)
    return f"{MODULES}[{json.dumps(name)}]={{{fields}}};"


def _in_script(code: str) -> str:
    # In a string of JavaScript, the escaped characters are the same.
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _in_json(text: str) -> str:
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
