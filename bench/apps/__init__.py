"""The other services: the same API on the same tables, as others would build it."""
