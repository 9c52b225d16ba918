"""The environments keep Gymnasium's contract, and repeat bit for bit."""

import copy
import pickle
import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from cornercase.renderers.transforms import conjugate, rotate
from cornercase.sim.envs.registration import ENVIRONMENTS, register_environments
from cornercase.sim.envs.rigs import RIGS
from cornercase.sim.envs.scenario_env import ScenarioEnv
from cornercase.sim.episode.loop import CONTROL_HZ
from cornercase.sim.episode.scenario import find, scenarios
from cornercase.sim.errors import ConfigError
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env, data_equivalence

import cornercase

IDS = tuple(ENVIRONMENTS)
FEW = tuple(f"cornercase/{name}-v0" for name in ("CutIn", "PedestrianDartOut", "GraspSlip", "WetFloor"))
"""One of each kind of ego and place; all others share their code, and the contract test plays them."""
TINY = {"camera": {"kind": "camera", "rate_hz": 10.0, "width": 16, "height": 12, "mount": {"actor": "world"}}}
RENDERED = ("cornercase/CutIn-v0", "cornercase/GraspSlip-v0")
LIGHT = {"cornercase/CutIn-v0": {"traffic": 0}}


def make(name, **options):
    return gymnasium.make(name, disable_env_checker=True, params=LIGHT.get(name), **options).unwrapped


def actions(env, count):
    rng = np.random.default_rng(5)
    return rng.uniform(-1.0, 1.0, (count, *env.action_space.shape)).astype(np.float32)


def play(env, seed, count=2, **options):
    env.reset(seed=seed, **options)
    return [env.step(action) for action in actions(env, count)]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(IDS) - set(FEW)))
def test_gymnasium_finds_nothing_to_complain_about_in_any_other(name):
    check_env(make(name), skip_render_check=True)


def test_every_scenario_has_an_id_of_its_own():
    of_the_catalogue = [name for name in scenarios() if name.startswith(("driving/", "robotics/"))]
    assert sorted(ENVIRONMENTS.values()) == sorted(of_the_catalogue)


def test_any_scenario_goes_by_name():
    env = gymnasium.make("cornercase/Scenario-v0", disable_env_checker=True, scenario="driving/cut_in")
    assert env.reset(seed=1)[1]["params"]
    env.close()


@pytest.mark.parametrize("name", ["LeadBrakes", "OverturnedTruck", "PedestrianDartOut"])
def test_the_hazard_is_among_the_observed(name):
    """Parked cars, spilled cartons and passers-by must not crowd it out."""
    env = make(f"cornercase/{name}-v0")
    seen, _ = env.reset(seed=1)
    for _ in range(40):
        scenario = env.episode.scenario
        away = rotate(conjugate(scenario.ego.orientation_w), scenario.hazard.position_w - scenario.ego.position_w)
        others = seen["others"].reshape(6, 7)
        assert np.linalg.norm(others[:, :2] - away[:2], axis=1).min() < 0.1
        met = others[others[:, 6] > 0]
        assert np.all(np.diff(np.hypot(met[:, 0], met[:, 1])) >= -1e-4), "the nearest first"
        seen = env.step(np.array([0.02, 0.0], np.float32))[0]
    env.close()


def test_a_step_after_the_end_is_warned_of():
    env = gymnasium.make("cornercase/CutIn-v0", disable_env_checker=True, duration_s=0.2).unwrapped
    env.reset(seed=1)
    still = np.zeros(env.action_space.shape, np.float32)
    while not env.step(still)[3]:
        pass
    with pytest.warns(UserWarning, match="driving/cut_in: step after the end of the episode; call reset first"):
        env.step(still)
    env.reset(seed=1)
    with warnings.catch_warnings(action="error"):
        env.step(still)
    env.close()


def test_the_ids_are_registered_once():
    before = dict(gymnasium.registry)
    register_environments()
    assert gymnasium.registry == before
    assert set(IDS) <= set(before)


@pytest.mark.parametrize("name", IDS)
def test_gymnasium_cuts_no_episode_short(name):
    """Its time limit would overrule `duration_s` and know no outcome."""
    spec = gymnasium.spec(name)
    assert spec.max_episode_steps is None
    assert EnvSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("duration_s", [0.0, 11.0])
def test_an_episode_lasts_as_long_as_asked_and_tells_its_outcome(duration_s):
    """Also through the wrappers of `make`, and also beyond the scenario's own duration."""
    env = gymnasium.make("cornercase/GraspSlip-v0", disable_env_checker=True, duration_s=duration_s)
    env.reset(seed=1)
    still = np.zeros(env.action_space.shape, np.float32)
    steps, ended = 0, False
    while not ended:
        _, _, terminated, truncated, info = env.step(still)
        steps, ended = steps + 1, terminated or truncated
    assert info["outcome"]
    assert steps == round((duration_s or find("robotics/grasp_slip").duration_s) * CONTROL_HZ)
    env.close()


def test_an_environment_is_copied_before_and_after_an_episode_but_not_during_one():
    env = gymnasium.make("cornercase/CutIn-v0", disable_env_checker=True, params={"traffic": 0})
    for copied in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        copied.reset(seed=1)
        for duplicate in (copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="an environment with a running episode cannot be copied or pickled"):
                duplicate(copied)
        copied.close()
        assert copy.deepcopy(copied).reset(seed=1)[1]["params"] == copied.reset(seed=1)[1]["params"]
        copied.close()


def test_a_pinned_choice_can_be_pinned_otherwise_for_an_episode():
    env = gymnasium.make("cornercase/CutIn-v0", disable_env_checker=True, params={"side": "left", "traffic": 0})
    assert env.reset(seed=1)[1]["params"]["side"] == "left"
    params = env.reset(seed=1, options={"params": {"side": "right", "traffic": 1}})[1]["params"]
    assert (params["side"], params["traffic"]) == ("right", 1)
    with pytest.raises(ConfigError, match="parameter side is 'up', expected one of left, right"):
        env.reset(options={"params": {"side": "up"}})
    env.close()


def test_one_plugin_is_a_name():
    with pytest.raises(ConfigError, match="plugin 'no_such_package' cannot be imported"):
        gymnasium.make("cornercase/CutIn-v0", disable_env_checker=True, plugins="no_such_package")
    with pytest.raises(ConfigError, match=r"plugins is 1, expected names of packages"):
        gymnasium.make("cornercase/CutIn-v0", disable_env_checker=True, plugins=1)


@pytest.mark.parametrize("name", FEW)
def test_gymnasium_finds_nothing_to_complain_about(name):
    render_mode = "rgb_array" if name in RENDERED else None
    check_env(make(name, render_mode=render_mode), skip_render_check=render_mode is None)


@pytest.mark.parametrize("name", FEW)
def test_equal_seeds_and_actions_give_equal_episodes(name):
    first, second = make(name, sensors=TINY), make(name, sensors=TINY)
    for a, b in zip(play(first, seed=3), play(second, seed=3), strict=True):
        assert data_equivalence(a, b, exact=True)
        assert a[1] == b[1]
    first.close()
    second.close()


def test_the_next_episode_is_another_one_and_repeats_with_its_seed():
    env = make("cornercase/CutIn-v0")
    one, info = env.reset(seed=4)
    other, other_info = env.reset()
    again, again_info = env.reset(seed=4)
    assert info["params"] != other_info["params"]
    assert not data_equivalence(one, other)
    assert data_equivalence(one, again, exact=True)
    assert info == again_info


def test_a_camera_changes_nothing_but_what_it_shows():
    blind, seeing = make("cornercase/CutIn-v0"), make("cornercase/CutIn-v0", sensors=TINY, render_mode="rgb_array")
    blind.reset(seed=6)
    seeing.reset(seed=6)
    pictures = []
    for action in actions(blind, 3):
        a, b = blind.step(action), seeing.step(action)
        pictures.append(b[0].pop("camera"))
        assert data_equivalence(a[:4], b[:4], exact=True)
    assert len({picture.tobytes() for picture in pictures}) == 3


def test_rendering_changes_nothing():
    watched, alone = (
        make("cornercase/CutIn-v0", sensors=TINY, render_mode="rgb_array"),
        make("cornercase/CutIn-v0", sensors=TINY),
    )
    watched.reset(seed=8)
    alone.reset(seed=8)
    for action in actions(alone, 3):
        picture = watched.render()
        assert picture.dtype == np.uint8
        assert picture.shape == (360, 480, 3)
        assert picture.std() > 10.0
        assert data_equivalence(watched.step(action), alone.step(action), exact=True)
    assert alone.render() is None


def test_parameters_are_pinned_for_one_episode():
    env = make("cornercase/CutIn-v0")
    _, info = env.reset(seed=1, options={"params": {"gap_m": 7.5, "side": "left"}})
    assert info["params"]["gap_m"] == 7.5
    assert info["params"]["side"] == "left"
    free = env.reset(seed=1)[1]["params"]
    assert free["gap_m"] != 7.5
    assert free["ego_speed_mps"] == info["params"]["ego_speed_mps"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"params": {"gap": 7.5}}, "gap_m"),
        ({"params": {"gap_m": 700.0}}, r"\[1, 60\]"),
        ({"param": {}}, "'params'"),
        ([1], r"reset options is \[1\], expected values by name"),
        ({"params": [3]}, r"reset option 'params' is \[3\], expected values by name"),
    ],
)
def test_what_cannot_be_is_said_clearly(options, message):
    with pytest.raises(ConfigError, match=message):
        make("cornercase/CutIn-v0").reset(seed=1, options=options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sensors": "camra"}, "'camera'"),
        ({"params": {"gap": 1.0}}, "gap_m"),
        ({"params": [3]}, r"params is \[3\], expected values by name"),
        ({"sensors": ["camera"]}, r"sensors is \['camera'\], expected fields by name of sensor, or one of state"),
        ({"render_mode": "human"}, "rgb_array"),
        ({"sensors": {"top": {"kind": "lidar", "model": "OS1-65"}}}, "OS1-64"),
        ({"sensors": {"ego": {"kind": "camera"}}}, "'ego'"),
        ({"sensors": {"a/b": {"kind": "camera"}}}, "sensors has the name 'a/b'"),
        ({"sensors": {"a": {"kind": "camera", "width": -5}}}, "width is -5, expected an even number of at least 8"),
        ({"sensors": {"a": {"kind": "camera", "width": "a"}}}, "sensors.a.width is 'a', expected a whole number"),
        ({"sensors": {"a": {"kind": "depth", "max_m": "a"}}}, "sensors.a.max_m is 'a', expected a number"),
        ({"sensors": {"a": {"kind": "lidar", "columns": "x"}}}, "sensors.a.columns is 'x', expected a whole number"),
        ({"duration_s": "a"}, "scenario.duration_s is 'a', expected a number"),
        ({"weather": {"rain_mmph": "x"}}, "weather.rain_mmph is 'x', expected a number"),
        ({"light": {"sky_lx": "x"}}, "light.sky_lx is 'x', expected a number"),
        ({"light": {"headlights": 3}}, "light.headlights is 3, expected text"),
    ],
)
def test_make_refuses_what_it_does_not_know(arguments, message):
    with pytest.raises(ConfigError, match=message):
        ScenarioEnv("driving/cut_in", **arguments)


@pytest.mark.parametrize("choice", RIGS)
@pytest.mark.parametrize("name", ["cornercase/CutIn-v0", "cornercase/GraspSlip-v0"])
def test_every_named_rig_is_observed(name, choice):
    env = make(name, sensors=choice)
    env.reset(seed=2)
    observation, *_ = env.step(actions(env, 1)[0])
    assert observation in env.observation_space
    assert all(observation[key].any() for key in observation)


def test_an_episode_tells_its_events_phases_and_outcome():
    env = make("cornercase/CutIn-v0")
    env.reset(
        seed=1,
        options={"params": {"ego_speed_mps": 16.0, "relative_speed_mps": -7.0, "gap_m": 4.0, "lateral_speed_mps": 3.0}},
    )
    done, events = False, []
    while not done:
        _, reward, terminated, truncated, info = env.step(np.array([0.2, 0.0], np.float32))
        events += info["events"]
        done = terminated or truncated
    assert terminated
    assert info["outcome"] == "contact"
    assert reward < 1.0
    assert {"onset", "contact"} <= set(info["phases"])
    assert info["phases"]["onset"] < info["phases"]["contact"] <= info["time_s"]
    assert "contact" in {event["kind"] for event in events}


def test_a_shorter_episode_is_truncated():
    env = make("cornercase/CutIn-v0", duration_s=0.3)
    assert [step[3] for step in play(env, seed=1, count=3)] == [False, False, True]


def test_closing_twice_is_fine_and_stepping_needs_a_reset():
    env = make("cornercase/CutIn-v0")
    env.close()
    with pytest.raises(gymnasium.error.ResetNeeded, match="reset"):
        env.step(np.zeros(2, np.float32))
    env.reset(seed=1)
    env.close()
    env.close()


def test_a_vector_of_environments_by_the_qualified_id():
    envs = gymnasium.make_vec("cornercase:cornercase/CutIn-v0", num_envs=2, params={"traffic": 0})
    observation, info = envs.reset(seed=3)
    assert observation["ego"].shape == (2, 7)
    assert not np.array_equal(observation["others"][0], observation["others"][1])
    observation, *_ = envs.step(np.zeros((2, 2), np.float32))
    assert observation in envs.observation_space
    envs.close()


def test_importing_loads_neither_physics_nor_renderers():
    heavy = "{'pybullet', 'numba', 'cv2', 'h5py', 'hydra'}"
    code = f"import sys, cornercase; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_there():
    assert all(getattr(cornercase, name) is not None for name in cornercase.__all__)
    with pytest.raises(AttributeError, match="lod"):
        cornercase.lod  # noqa: B018


@pytest.mark.parametrize("action", [[np.nan, 0.0], [0.0], [0.0, 0.0, 0.0], [[0.0, 0.0]]])
def test_an_action_must_have_its_shape_and_be_finite(action):
    env = make("cornercase/CutIn-v0")
    env.reset(seed=1)
    with pytest.raises(ValueError, match="action is 'go', expected 2 finite numbers"):
        env.step("go")
    with pytest.raises(ValueError, match="expected 2 finite numbers: acceleration, curvature"):
        env.step(np.array(action))
    env.step(np.zeros(2, np.float32))
    env.close()


def test_a_bad_pin_leaves_the_running_episode_alone():
    env = make("cornercase/CutIn-v0")
    env.reset(seed=1)
    with pytest.raises(ConfigError, match="gap_m"):
        env.reset(options={"params": {"gap": 3.0}})
    with pytest.raises(ConfigError, match="expected values by name"):
        env.reset(options={"params": 3})
    env.step(np.zeros(2, np.float32))
    env.close()
