"""HTTP on uvicorn: the protocol, its transport, and the graceful stop."""
