"""What a request must be before a handler sees it: routed, complete, typed and valid."""
