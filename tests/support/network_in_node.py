"""The network of the playground, trained by Node instead of a browser's worker."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_NODE = Path(sys.executable).with_name("node")
_SCRIPT = Path(__file__).parents[1] / "frontend/playground/network/train.ts"


def run_node(task: dict[str, Any]) -> Any:
    """Return what `train.ts` prints for a task."""
    done = subprocess.run(
        [_NODE, _SCRIPT], input=json.dumps(task), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
