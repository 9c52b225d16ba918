"""The published robustness benchmarks' corruptions and metrics, for results beside the literature."""

from . import common_3d, corruptions_ad_3d, imagenet_c, multicorrupt, robo3d, robobev, robodepth
from .registry import Context, Corruption, Modality, corruption, corruptions

BENCHMARKS = (imagenet_c, corruptions_ad_3d, robo3d, robobev, robodepth, multicorrupt, common_3d)
"""The modules that register corruptions."""

__all__ = ["BENCHMARKS", "Context", "Corruption", "Modality", "corruption", "corruptions"]
