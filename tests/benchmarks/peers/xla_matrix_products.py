"""The floor with the kernels of XLA, which `VAE.fit` is compiled by."""

from tests.benchmarks.peers import matrix_products


class Peer(matrix_products.Peer):
    jit_compile = True
