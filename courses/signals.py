"""Tells the rest of the product what the rules came to."""

from django.dispatch import Signal

# people: the keys of those of whom something else is asked than before. Sent inside the transaction that writes it.
assignments_changed = Signal()
