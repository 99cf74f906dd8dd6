"""What the tests of regions share."""

from __future__ import annotations

import pytest

from rvx.emulator.regions import select
from rvx.emulator.regions import tier as tier_module


@pytest.fixture
def everything_is_hot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loops are translated from their second execution on, and no profile is there or stays."""
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    monkeypatch.setattr(tier_module.profile, "recall", lambda *_: [])
    monkeypatch.setattr(tier_module.profile, "store", lambda *_: None)
