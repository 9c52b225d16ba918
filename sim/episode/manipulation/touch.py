"""Which touches are told, and how hard an unwanted one is.

Things that lie on each other or in a hand lose and find each other again all the time, by hundredths of a millimetre.
A touch is news if the two have not met before, or if they meet as a blow; that they lay together as the episode begins
is none.

Force is impulse over the time in which it was passed on: per tick of 1/240 s in the engine's contact log, of which a
touch is told the largest. A rigid body stops within a tick, so the figure is that of a hard shell; padding would lower
it. Measured over the first `WINDOW_S`, in which a blow is over and a push has built up.
"""

from __future__ import annotations

from ...physics.client import TICK_HZ
from ...physics.contacts import Contact, ContactLog

WINDOW_S = 0.1
BLOW_MPS = 0.1
"""Closing speed from which a touch is a blow, as on the road and for mobile robots."""


class Acquaintances:
    """Remembers which pairs have touched."""

    def __init__(self) -> None:
        self._met: set[frozenset[str]] = set()

    def news(self, contact: Contact) -> bool:
        """Whether this touch is worth telling; the pair have met from now on."""
        pair = frozenset((contact.actor_a, contact.actor_b))
        first = pair not in self._met
        self._met.add(pair)
        return first or contact.closing_speed_mps >= BLOW_MPS


class TouchForce:
    """Waits until touches can be told with their force."""

    def __init__(self, log: ContactLog) -> None:
        self._log = log
        self._followed: list[tuple[int, str, str]] = []

    def follow(self, contact: Contact) -> None:
        """Measure this touch, which has just begun."""
        self._followed.append(_key(contact))

    def measured(self, tick: int) -> list[Contact]:
        """The touches whose window ends now, as the log has them, in the order they began."""
        due = {key for key in self._followed if tick - key[0] >= WINDOW_S * TICK_HZ}
        if not due:
            return []
        self._followed = [key for key in self._followed if key not in due]
        return [contact for contact in self._log.contacts() if _key(contact) in due]


def _key(contact: Contact) -> tuple[int, str, str]:
    return contact.start_tick, contact.actor_a, contact.actor_b
