"""Settings of the whole test suite."""

from hypothesis import settings

settings.register_profile("suite", deadline=None)  # the first example of many tests compiles kernels
settings.load_profile("suite")
