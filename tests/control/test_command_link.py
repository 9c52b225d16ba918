from __future__ import annotations

import numpy as np
import pytest
from cornercase.sim.control.command_link import CommandLink


def link(seed: int = 1) -> CommandLink[int]:
    return CommandLink(tick_s=1 / 240, packet_ticks=4, rng=np.random.default_rng(seed))


def test_a_sound_link_holds_each_packet_until_the_next() -> None:
    carrier = link()
    assert [carrier.carry(k) for k in range(12)] == [0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8]


def test_a_delay_shifts_everything_and_loses_nothing() -> None:
    carrier = link()
    for k in range(40):
        carrier.carry(k)
    carrier.delay_s = 0.1
    got = [carrier.carry(k) for k in range(40, 240)]
    assert np.diff(got).min() >= 0 and carrier.lost == 0
    # 24 ticks of delay, and up to 3 of waiting for the next packet
    assert np.array(got[100:]) == pytest.approx(np.arange(140, 240) - 25.5, abs=2)


@pytest.mark.parametrize(("loss", "burst"), [(0.1, 2.0), (0.4, 8.0), (0.5, 20.0)])
def test_losses_have_their_share_and_come_in_bursts_of_their_length(loss: float, burst: float) -> None:
    carrier = CommandLink[int](tick_s=1.0, packet_ticks=1, rng=np.random.default_rng(7))
    carrier.loss, carrier.burst = loss, burst
    count = 200_000
    lost = np.array([carrier.carry(k) != k for k in range(count)])
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(int), [0]]))))[::2]
    spread = np.sqrt(2.0 * burst / (count * loss))  # of a mean over correlated draws
    assert lost.mean() == pytest.approx(loss, rel=5 * spread)
    assert runs.mean() == pytest.approx(burst, rel=5 / np.sqrt(len(runs)))
