"""Stand-ins for arrays of other libraries, which are no dependencies."""

import numpy as np


class TorchTensor:
    """As a tensor of PyTorch: `size` is a method, and numpy cannot take it with its gradients."""

    def __init__(self, value, requires_grad=True, bfloat16=False):
        self.value, self.requires_grad = np.asarray(value), requires_grad
        self.is_bfloat16 = bfloat16
        self.shape, self.ndim, self.dtype = self.value.shape, self.value.ndim, "torch.float32"

    def size(self):
        return self.shape

    def detach(self):
        return TorchTensor(self.value, False, self.is_bfloat16)

    def cpu(self):
        return self

    def float(self):
        return TorchTensor(self.value.astype(np.float32), self.requires_grad)

    def numpy(self):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.is_bfloat16:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.value

    def __array__(self, dtype=None, copy=None):
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __float__(self):
        if self.value.size != 1:
            raise RuntimeError("a Tensor with several elements cannot be converted to Scalar")
        return float(self.value.reshape(-1)[0])

    def __index__(self):
        if self.value.size != 1 or self.value.dtype.kind not in "iu":
            raise TypeError("only integer tensors of a single element can be an index")
        return int(self.value.reshape(-1)[0])

    def __len__(self):
        return len(self.value)

    def __getitem__(self, key):
        return TorchTensor(self.value[key], self.requires_grad, self.is_bfloat16)


class TensorFlowTensor:
    """As an eager tensor of TensorFlow: `numpy` alone gives its values."""

    def __init__(self, value):
        self.value = np.asarray(value)
        self.shape, self.ndim, self.dtype = self.value.shape, self.value.ndim, self.value.dtype

    def numpy(self):
        return self.value

    def __float__(self):
        return float(self.value)


class JaxArray:
    """As an array of JAX, or of another library that knows numpy's protocol and nothing else."""

    def __init__(self, value):
        self.value = np.asarray(value)
        self.shape, self.ndim, self.dtype = self.value.shape, self.value.ndim, self.value.dtype

    def __array__(self, dtype=None, copy=None):
        return self.value if dtype is None else self.value.astype(dtype)

    def __float__(self):
        return float(self.value)


ARRAYS = {
    "numpy": np.asarray,
    "list": lambda value: np.asarray(value).tolist(),
    "torch with gradients": TorchTensor,
    "torch bfloat16": lambda value: TorchTensor(value, bfloat16=True),
    "tensorflow": TensorFlowTensor,
    "jax": JaxArray,
    "float64": lambda value: np.asarray(value, np.float64),
    "float16": lambda value: np.asarray(value, np.float16),
}
"""Name -> what makes an array of that kind from a numpy array or number."""
