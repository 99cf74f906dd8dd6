import pytest


@pytest.fixture(autouse=True)
def interpreted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """To compile all these bodies takes longer than to interpret them a few times."""
    monkeypatch.setenv("RVX_COMPILE_AFTER", "1000")
