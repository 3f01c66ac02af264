"""What the service tells of itself, and the ids that lead from there to a request."""
