"""Matrix products of kernels for PyTorch: `matmul`, and a `Linear` layer, with gradients.

    from rvx.torch import Linear, matmul

    c = matmul(a, b, variant="f8_exsdotp")

Results are those of the kernel, bit for bit: its order-exact reference computes them on all
processors. The gradients are products as well, of the same variant or of one of their own. Between
products there are the tensors of PyTorch, which are rounded to the format of the variant on their
way in. Tensors on another device are brought to the processor and back, which is untested.

PyTorch comes with the extra `torch`: pip install rvx-emulator[torch].
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

try:
    import torch
except ImportError:
    raise ImportError(
        "rvx.torch needs PyTorch, which is not installed: pip install 'rvx-emulator[torch]'"
    ) from None

from rvx.analysis.kernel import Kernel, load
from rvx.analysis.multiply import product
from rvx.errors import RvxError


class TorchError(RvxError, ValueError):
    """Tensors that cannot be multiplied; the message says why."""


def matmul(
    a: torch.Tensor,
    b: torch.Tensor,
    *,
    variant: str,
    backward: str | None = None,
    kernel: str = "gemm",
) -> torch.Tensor:
    """The matrix product a b, as a variant of a kernel computes it.

    Args:
        a: shape (..., rows, length); the axes in front are as in `torch.matmul`.
        b: shape (..., length, columns); its second use in a kernel, that of weights.
        variant: such as "f8_exsdotp".
        backward: that of the gradients; the same if None.
        kernel: gemm, or a folder that extends it.

    Returns:
        Shape (..., rows, columns), in the type of a. What is too large for the format is infinite
        there; a row or column that has no finite numbers gives NaN.

    Raises:
        TorchError: shapes or types do not go together.
        KernelError: there is no such kernel or variant.
    """
    found = _kernel(kernel)
    for name in (variant, backward or variant):
        if name not in found.variants:
            raise TorchError(
                f"{found.name} has no variant '{name}'; it has {', '.join(found.variants)}"
            )
    for x in (a, b):
        if not x.is_floating_point():
            raise TorchError(f"a product takes tensors of floats, not of {x.dtype}")
        if x.ndim < 2:
            raise TorchError(f"a product takes matrices, and a tensor has shape {tuple(x.shape)}")
    if a.shape[-1] != b.shape[-2]:
        raise TorchError(
            f"shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be multiplied: {a.shape[-1]} "
            f"columns and {b.shape[-2]} rows"
        )
    result: torch.Tensor = _Product.apply(a, b, found, variant, backward or variant)
    return result


class Linear(torch.nn.Linear):
    """A linear layer whose products are those of a variant.

    Args:
        inputs: features that come in.
        outputs: features that go out.
        bias: whether one is added, in the type of the weights.
        variant: of the product of features by weights.
        backward: of both products of the gradients; the same if None.
        kernel: gemm, or a folder that extends it.
        device: as in PyTorch.
        dtype: as in PyTorch.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        bias: bool = True,
        *,
        variant: str,
        backward: str | None = None,
        kernel: str = "gemm",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(inputs, outputs, bias, device, dtype)
        self.variant = variant
        self.backward_variant = backward
        self.kernel = kernel

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Features of any number of leading axes, times the weights, plus the bias."""
        flat = input.reshape(-1, input.shape[-1])
        made = matmul(
            flat,
            self.weight.t(),
            variant=self.variant,
            backward=self.backward_variant,
            kernel=self.kernel,
        )
        made = made if self.bias is None else made + self.bias
        return made.reshape(*input.shape[:-1], self.out_features)

    def extra_repr(self) -> str:
        """The variants behind the sizes."""
        back = f", backward={self.backward_variant}" if self.backward_variant else ""
        return f"{super().extra_repr()}, variant={self.variant}{back}"


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, a: torch.Tensor, b: torch.Tensor, kernel: Kernel, variant: str, backward: str
    ) -> torch.Tensor:
        ctx.save_for_backward(a, b)
        ctx.kernel, ctx.backward_variant = kernel, backward
        return _multiplied(kernel, variant, a, b)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (dc,) = gradients
        a, b = ctx.saved_tensors
        of_a = of_b = None
        if ctx.needs_input_grad[0]:
            of_a = _multiplied(ctx.kernel, ctx.backward_variant, dc, b.transpose(-1, -2))
            of_a = of_a.sum_to_size(a.shape).to(a.dtype)
        if ctx.needs_input_grad[1]:
            of_b = _multiplied(ctx.kernel, ctx.backward_variant, a.transpose(-1, -2), dc)
            of_b = of_b.sum_to_size(b.shape).to(b.dtype)
        return of_a, of_b, None, None, None


def _multiplied(kernel: Kernel, variant: str, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The product of tensors whose leading axes are broadcast, matrix by matrix."""
    leading = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    left, right = (
        x.detach().to("cpu", torch.float64).expand(*leading, *x.shape[-2:]).numpy() for x in (a, b)
    )
    made = np.empty((*leading, a.shape[-2], b.shape[-1]))
    for at in np.ndindex(*leading):
        made[at] = _matrix(kernel, variant, left[at], right[at].T)
    return torch.from_numpy(made).to(a.device, a.dtype)


def _matrix(kernel: Kernel, variant: str, a: Any, b: Any) -> Any:
    rows, columns = len(a), len(b)
    if not (a.size and b.size):
        return np.zeros((rows, columns))
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return np.full((rows, columns), np.nan)
    numbers = kernel.numbers(kernel.variants[variant])
    with np.errstate(over="ignore", invalid="ignore"):
        left, right = numbers.encode(np.ascontiguousarray(a)), numbers.encode_weights(b)
        return numbers.decode(product(numbers, left, right))


@cache
def _kernel(name: str) -> Kernel:
    return load(name)
