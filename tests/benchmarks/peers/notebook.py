"""The conditions of a notebook without a browser: what is shown is rendered and serialised.

What remains of showing it, a write to a local socket, is the same for all and next to nothing.
"""

from base64 import b64encode
from typing import Any

import comm
from comm.base_comm import BaseComm
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session


class Wire:
    """Counts the messages that would have gone to the browser, and their bytes."""

    def __init__(self) -> None:
        self.messages = self.bytes = 0
        self._session = Session(key=b"benchmark")

    def send(self, kind: str, content: dict[str, Any], buffers: Any = None) -> None:
        """Serialise and sign a message, as the kernel does."""
        parts = self._session.serialize(self._session.msg(kind, content))
        self.messages += 1
        self.bytes += sum(map(len, parts)) + sum(memoryview(b).nbytes for b in buffers or ())


def open_notebook() -> Wire:
    """Make this process think that it is a kernel; return what counts its messages."""
    wire = Wire()

    class WireComm(BaseComm):
        def publish_msg(
            self,
            msg_type: str,
            data: Any = None,
            metadata: Any = None,
            buffers: Any = None,
            **keys: Any,
        ) -> None:
            wire.send(msg_type, {"comm_id": self.comm_id, "data": data or {}, **keys}, buffers)

    class WirePublisher(DisplayPublisher):
        def publish(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            encoded = {
                kind: b64encode(value).decode() if isinstance(value, bytes) else value
                for kind, value in data.items()
            }
            wire.send("display_data", {"data": encoded, "metadata": {}, "transient": {}})

        def clear_output(self, wait: bool = False) -> None:
            wire.send("clear_output", {"wait": wait})

    comm.create_comm = lambda *args, **kwargs: WireComm(*args, **kwargs)
    shell = InteractiveShell.instance()
    shell.display_pub = WirePublisher(parent=shell)
    return wire
