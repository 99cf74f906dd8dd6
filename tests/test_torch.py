import numpy as np
import pytest
import torch

import rvx.torch
from rvx.analysis.compare import execute
from rvx.analysis.kernel import load
from rvx.torch import Linear, TorchError, matmul


def tensor(*shape, seed=0, **more):
    return torch.tensor(np.random.default_rng(seed).normal(size=shape), **more)


@pytest.mark.parametrize("variant", ["f32", "int8", "vsq4"])
def test_a_product_is_that_of_the_emulated_kernel(variant):
    a, b = tensor(5, 35), tensor(35, 3, seed=1)
    found = matmul(a, b, variant=variant)
    gemm = load("gemm")
    numbers = gemm.numbers(gemm.variants[variant])
    left, right = numbers.encode(a.numpy()), numbers.encode_weights(b.numpy().T)
    sizes = gemm.choose({"M": 5, "N": 3, "K": 35})
    _, raw = execute(gemm, gemm.variants[variant], sizes, left, right)
    assert np.array_equal(found.numpy(), numbers.decode(raw).reshape(5, 3))


def test_a_large_product_on_all_processors():
    a, b = tensor(150, 70), tensor(70, 210, seed=1)
    whole = matmul(a, b, variant="f32")
    parts = [matmul(row[None], b, variant="f32") for row in a]
    assert torch.equal(whole, torch.cat(parts))
    columns = [matmul(a, b[:, i : i + 1], variant="f32") for i in range(0, 210, 70)]
    assert torch.equal(whole[:, ::70], torch.cat(columns, 1))


@pytest.mark.parametrize(
    ("left", "right"),
    [((4, 3), (3, 5)), ((2, 4, 3), (3, 5)), ((4, 3), (2, 3, 5)), ((2, 1, 4, 3), (6, 3, 5))],
)
def test_gradients_are_those_of_pytorch(left, right):
    a, b = tensor(*left, requires_grad=True), tensor(*right, seed=1, requires_grad=True)
    weights = tensor(*torch.matmul(a, b).shape, seed=2)
    wanted = torch.autograd.grad((torch.matmul(a, b) * weights).sum(), (a, b))
    result = matmul(a, b, variant="f64")
    assert torch.allclose(result, torch.matmul(a, b), rtol=0, atol=1e-13)
    for ours, theirs in zip(
        torch.autograd.grad((result * weights).sum(), (a, b)), wanted, strict=True
    ):
        assert ours.shape == theirs.shape
        assert torch.allclose(ours, theirs, rtol=0, atol=1e-13)


def test_gradients_in_an_arithmetic_of_their_own():
    a, b = tensor(4, 16, requires_grad=True), tensor(16, 3, seed=1)
    matmul(a, b, variant="f64", backward="f32").sum().backward()
    assert torch.equal(a.grad, matmul(torch.ones(4, 3, dtype=a.dtype), b.t(), variant="f32"))
    assert b.grad is None


def test_a_linear_layer_learns():
    torch.manual_seed(0)
    layer = Linear(6, 2, variant="f32", dtype=torch.float32)
    theirs = torch.nn.Linear(6, 2)
    theirs.load_state_dict(layer.state_dict())
    x, y = tensor(2, 7, 6, dtype=torch.float32), tensor(2, 7, 2, seed=1, dtype=torch.float32)
    optimisers = [torch.optim.SGD(one.parameters(), lr=0.1) for one in (layer, theirs)]
    for _ in range(5):
        for one, optimiser in zip((layer, theirs), optimisers, strict=True):
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(one(x), y).backward()
            optimiser.step()
    assert layer(x).shape == (2, 7, 2)
    assert torch.allclose(layer.weight, theirs.weight, rtol=0, atol=1e-5)
    assert torch.allclose(layer.bias, theirs.bias, rtol=0, atol=1e-5)
    assert "variant=f32" in repr(layer)


def test_numbers_that_are_none_and_nothing_at_all():
    a = torch.tensor([[1.0, float("inf")]])
    assert matmul(a, torch.ones(2, 3), variant="f32").isnan().all()
    assert matmul(torch.ones(2, 0), torch.ones(0, 3), variant="f32").tolist() == [[0.0] * 3] * 2
    assert matmul(torch.ones(0, 2), torch.ones(2, 3), variant="f32").shape == (0, 3)


@pytest.mark.parametrize(
    ("left", "right", "variant", "sentence"),
    [
        (torch.ones(2, 3), torch.ones(2, 3), "f32", "cannot be multiplied: 3 columns and 2 rows"),
        (torch.ones(3), torch.ones(3, 3), "f32", r"takes matrices, and a tensor has shape \(3,\)"),
        (
            torch.ones(2, 2),
            torch.ones(2, 2).int(),
            "f32",
            "takes tensors of floats, not of torch.int",
        ),
        (torch.ones(2, 2), torch.ones(2, 2), "f31", "gemm has no variant 'f31'; it has f64, f32"),
    ],
)
def test_what_cannot_be_multiplied(left, right, variant, sentence):
    with pytest.raises(TorchError, match=sentence):
        matmul(left, right, variant=variant)
    assert rvx.torch.matmul is matmul
