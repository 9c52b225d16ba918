"""Whether a stored episode could have been avoided, and until when: a search over what the ego might have done."""
