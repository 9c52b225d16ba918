"""One moment of one scenario under many skies: `python examples/weather_sheet.py sheet.jpg [scenario]`.

The same seed gives the same traffic each time; only weather, light and what lies on the lens differ.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from cornercase.sim.episode.config import EpisodeConfig, ScenarioConfig
from cornercase.sim.episode.loop import Episode
from cornercase.sim.presets import conditions
from cornercase.sim.world.light import LightConfig
from cornercase.sim.world.weather import WeatherConfig

SKIES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("clear", "day", {}),
    ("thick_fog", "day", {}),
    ("heavy_shower", "overcast", {}),
    ("heavy_snow", "overcast", {}),
    ("clear", "low_sun", {"optics": "stray_light_moderate"}),
    ("wet_road", "night", {}),
    ("thick_fog", "night", {}),
    ("moderate_rain", "day", {"contamination": "drops_heavy"}),
)
COLUMNS, STEPS, SEED = 2, 24, 3


def picture(scenario: str, weather: str, light: str, lens: dict[str, Any]) -> np.ndarray:
    """The front camera's picture (H, W, 3) after `STEPS` control steps."""
    rig = yaml.safe_load((Path(__file__).parents[1] / "conf" / "sensors" / "drive.yaml").read_text())
    front = {**rig["front"], **lens, "phase_s": STEPS / 10}
    config = EpisodeConfig(
        ScenarioConfig(scenario),
        {"front": front},
        weather=conditions(WeatherConfig, "weather", weather),
        light=conditions(LightConfig, "light", light),
    )
    with Episode(config, seed=SEED) as episode:
        episode.start()
        frames = [frame for _ in range(STEPS) for frame in episode.advance().frames]
    rgb: np.ndarray = np.ascontiguousarray(frames[-1].data["rgb"])
    label = f"{weather}, {light}" + "".join(f", {v}" for v in lens.values())
    cv2.putText(rgb, label, (9, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(rgb, label, (9, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA)
    return rgb


def main() -> None:
    """Draw the sheet."""
    out = sys.argv[1] if len(sys.argv) > 1 else "weather.jpg"
    scenario = sys.argv[2] if len(sys.argv) > 2 else "driving/pedestrian_dart_out"
    shots = [picture(scenario, *sky) for sky in SKIES]
    rows = [np.concatenate(shots[k : k + COLUMNS], axis=1) for k in range(0, len(shots), COLUMNS)]
    sheet = cv2.resize(np.concatenate(rows), None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)
    cv2.imwrite(out, sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    print(out)


if __name__ == "__main__":
    main()
