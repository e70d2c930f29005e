"""Tells the rest of the product what became of an account."""

from django.dispatch import Signal

# person: she left, or her sessions were ended. Sent inside the transaction that does it.
access_ended = Signal()

# person, by, successor: a role ended; `successor` takes over, or nobody is named. Sent inside the transaction that ends it.
role_ended = Signal()

# people: keys of those who came, moved or left; None for whoever it was, as after a feed. Sent inside the transaction.
staff_changed = Signal()
