"""SQL: what is stored, and how it is reached. Knows no request, no status and no token."""
