"""How hard an unwanted touch is.

Force is impulse over the time in which it was passed on: per tick of 1/240 s in the engine's contact log, of which a
touch is told the largest. A rigid body stops within a tick, so the figure is that of a hard shell; padding would lower
it. Measured over the first `WINDOW_S`, in which a blow is over and a push has built up.
"""

from __future__ import annotations

from ...physics.client import TICK_HZ
from ...physics.contacts import Contact, ContactLog

WINDOW_S = 0.1


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
