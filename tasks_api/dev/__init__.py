"""`make run` and development tokens. Nothing that serves imports this package."""
