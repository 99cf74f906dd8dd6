"""A small model with random weights, and its tokens."""

import numpy as np
import pytest

from rvx.paper.language.model import Model, Shape
from rvx.paper.language.tokens import of_characters

TEXT = "the quick brown fox jumps over the lazy dog."


def random_model(shape: Shape, *, has_classifier: bool = False) -> Model:
    rng = np.random.default_rng(7)
    dims = dict(shape.dimensions())
    if has_classifier:
        dims["classifier"] = dims["embedding"]
    return Model(
        shape,
        {
            name: (
                1 + rng.normal(0, 0.1, size)
                if len(size) == 1
                else rng.normal(0, size[-1] ** -0.5, size)
            ).astype(np.float32)
            for name, size in dims.items()
        },
    )


@pytest.fixture(scope="session")
def words():
    return of_characters(TEXT)


@pytest.fixture(scope="session")
def model(words):
    return random_model(Shape(16, 40, 2, 4, 2, len(words.pieces), 48))
