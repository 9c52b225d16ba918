"""Which touches an arm's episode tells: news, not that things lie where they lie."""

from __future__ import annotations

from dataclasses import replace

from cornercase.sim.episode.contract import draw
from cornercase.sim.episode.manipulation.touch import BLOW_MPS, Acquaintances
from cornercase.sim.episode.scenario import find
from cornercase.sim.episode.streams import Streams
from cornercase.sim.physics.contacts import Contact

TOUCH = Contact(0, 0, "arm", "object", "finger", "body", 0.1, 0.0, 1.0, 0.01, 0.01, (0.0,) * 3, (0.0, 0.0, 1.0))


def test_the_first_touch_of_a_pair_is_news_and_later_ones_only_as_blows() -> None:
    met = Acquaintances()
    assert met.news(TOUCH)
    assert not met.news(TOUCH)
    assert not met.news(replace(TOUCH, actor_a="object", actor_b="arm"))
    assert met.news(replace(TOUCH, closing_speed_mps=BLOW_MPS))
    assert met.news(replace(TOUCH, actor_b="table"))


def test_what_lies_on_the_table_from_the_start_is_told_again_only_if_it_falls() -> None:
    streams = Streams(0)
    kind = find("robotics/grasp_slip")
    scenario = kind(kind.space().draw(streams.rng("scenario"), {}), streams, kind.drivers[0])
    with scenario.world as world:
        while world.tick < 0:
            scenario.act(None)
            scenario.advance()
        (lies,) = (c for c in world.contact_log.contacts() if "object" in (c.actor_a, c.actor_b))
        assert lies.start_tick < 0 and not scenario.events
        world.contacts.append(lies)  # as if it had parted from the table by a hair, and found back
        scenario.advance()
        assert not scenario.events
        world.contacts.append(replace(lies, closing_speed_mps=1.0))
        scenario.advance()
        assert [event.kind for event in scenario.events] == ["contact"]


def test_pushing_through_clutter_is_told_once_and_a_blow_each_time() -> None:
    told = [e for e in draw("robotics/clutter_collision", driver="pick_place").events if e.kind == "contact"]
    gentle = [e for e in told if float(e.detail.split('"closing_speed_mps": ')[1].rstrip("}")) < BLOW_MPS]
    pairs = [(e.actor, e.other) for e in gentle]
    assert told and len(pairs) == len(set(pairs))
