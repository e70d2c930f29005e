"""What trainers fill in, one module a kind."""
