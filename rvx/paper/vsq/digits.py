"""The handwritten digits that scikit-learn ships: 1797 images of 8 by 8 pixels, ten classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.errors import RvxError

Reals = npt.NDArray[np.float64]

TEST_IMAGES = 540
SEED = 0
LARGEST_PIXEL = 16.0


class PaperError(RvxError, ValueError):
    """A study that cannot be made."""


@dataclass(frozen=True)
class Digits:
    """The images, split.

    Attributes:
        train: images to learn from, shape (1257, 64), pixels 0..1.
        train_labels: their digits.
        test: images to judge by, shape (540, 64).
        test_labels: their digits.
    """

    train: Reals
    train_labels: npt.NDArray[np.int64]
    test: Reals
    test_labels: npt.NDArray[np.int64]


def load() -> Digits:
    """The digits, with a test set of 540 images that has its share of every digit.

    Raises:
        PaperError: scikit-learn, which has the data, is not installed.
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError:
        raise PaperError(
            "the digits come with scikit-learn, which is not installed; "
            "install it with: pip install scikit-learn"
        ) from None
    found: Any = load_digits()
    images = (found.data / LARGEST_PIXEL).astype(np.float64)
    labels = found.target.astype(np.int64)
    train, test, train_labels, test_labels = train_test_split(
        images, labels, test_size=TEST_IMAGES, random_state=SEED, stratify=labels
    )
    return Digits(train, train_labels, test, test_labels)
