"""Stress tests of perception: a detector watches the same episodes, clean and ever more degraded."""
