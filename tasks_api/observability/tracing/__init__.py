"""Traces: one of each request, its statements inside it, where that is asked for."""
