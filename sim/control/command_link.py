"""The link that carries commands to an arm: late, or with gaps.

Names of the faults as in fault injection for autopilots: `delayed` shifts every packet by a time, `intermittent` loses
packets in bursts of geometric length (a two-state chain after Gilbert 1960, Bell Syst. Tech. J. 39:1253). A receiver
that gets nothing holds what it had. Usual sizes: delays of 20 to 300 ms, losses of 0.01 to 0.5 in bursts of 2 to 20
packets. Left out: packets that overtake each other.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import numpy as np

C = TypeVar("C")


class CommandLink(Generic[C]):
    """Carries commands; call `carry` once per tick.

    Args:
        tick_s: between two calls.
        packet_ticks: a packet leaves every so many ticks.
        rng: decides what is lost.

    Attributes:
        delay_s: of every packet that leaves from now on.
        loss: share of packets lost in the long run, in [0, 1).
        burst: mean number of packets lost in a row, >= 1.
        lost, sent: counts so far.

    """

    def __init__(self, *, tick_s: float, packet_ticks: int, rng: np.random.Generator) -> None:
        self.delay_s, self.loss, self.burst = 0.0, 0.0, 1.0
        self.lost = self.sent = 0
        self._tick_s, self._every = tick_s, packet_ticks
        self._rng = rng
        self._tick = 0
        self._losing = False
        self._under_way: deque[tuple[int, C]] = deque()
        self._held: C | None = None

    @property
    def lag_packets(self) -> int:
        """Packets under way."""
        return len(self._under_way)

    def carry(self, command: C) -> C:
        """Send a command and return what has arrived last; the first one arrives at once."""
        if self._tick % self._every == 0:
            self.sent += 1
            if self._lose():
                self.lost += 1
            else:
                due = self._tick + round(self.delay_s / self._tick_s)
                if self._under_way:
                    due = max(due, self._under_way[-1][0])
                self._under_way.append((due, command))
        while self._under_way and self._under_way[0][0] <= self._tick:
            self._held = self._under_way.popleft()[1]
        self._tick += 1
        if self._held is None:
            self._held = command
        return self._held

    def _lose(self) -> bool:
        """Gilbert's chain: bursts end with 1/burst, and begin so that the long-run share is `loss`."""
        if self.loss <= 0.0:
            self._losing = False
            return False
        end = 1.0 / self.burst
        begin = min(1.0, end * self.loss / (1.0 - self.loss))
        self._losing = bool(self._rng.random() >= end) if self._losing else bool(self._rng.random() < begin)
        return self._losing
