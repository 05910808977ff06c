"""Spare TensorFlow what it notes for errors of each operation that it traces: a sixth of the time.

It writes the text of an error before it looks whether there is one, and keeps the Python stack,
which is deep under pytest, for the text of errors in a graph. Where a version of TensorFlow does
not have these functions, it traces as it does for users.
"""

import functools
from typing import Any


def trace_quickly() -> None:
    """Let this process trace without them from now on; what is checked stays the same."""
    from tensorflow.python.framework import op_def_library, ops

    check = getattr(op_def_library, "_SatisfiesTypeConstraint", None)
    if check is not None:

        def check_quickly(dtype: Any, attr_def: Any, param_name: str) -> None:
            if dtype not in attr_def.allowed_values.list.type:
                check(dtype, attr_def, param_name)

        op_def_library._SatisfiesTypeConstraint = check_quickly
    create = getattr(ops, "_create_c_op", None)
    if create is not None:
        ops._create_c_op = functools.partial(create, extract_traceback=False)
