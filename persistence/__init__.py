"""SQL: the tables, the statements and the connections. Knows no request, no status, no token."""
