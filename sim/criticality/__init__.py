"""How dangerous a moment, an episode, a crash or a touch is: surrogate safety measures as pure functions.

`assess` gives the measures of one moment between the ego and all other road users. The files beside it hold one idea
each: `following` and `deceleration` along a lane, `plane`, `steering` and `encroachment` on the ground, `reaction`
(the latest moment), `exposure` (over an episode), `rss`, `severity` (of a crash), `separation` and `touch` (robots).
"""
