"""The kinds of questions as plain values: what may be answered, what is right, and how the standard writes it."""
