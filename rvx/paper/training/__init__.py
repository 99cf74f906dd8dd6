"""Training on the emulated arithmetic: a network that learns the digits of scikit-learn.

Every matrix product of the forward pass, the backward pass and the update of the weights is that of
a variant of gemm, bit for bit: it comes from the variant's order-exact reference, and a share of
them is run on the emulator, too, and must be equal.
"""
