"""Settings of the whole test suite."""

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # the first example of many tests compiles kernels
settings.load_profile("suite")


LONG = ("test_docs.py", "test_determinism.py", "test_physics_report.py", "test_demo.py", "stress/test_stress.py")
"""Files with tests of minutes: begun first, so that no worker is left alone with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))
