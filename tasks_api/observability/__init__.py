"""The log, the metrics and the traces, and the ids that lead from there to a request."""
