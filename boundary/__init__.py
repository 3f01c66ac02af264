"""What a request must be before a handler sees it: routed, typed, complete, valid."""
