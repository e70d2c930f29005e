"""What a verb says to somebody who asks for what the rules do not allow. Doors catch it and show its words."""


class NotAllowed(ValueError):
    """The step breaks a rule; the message says which, and what to do next."""
