"""The benchmark: this service and others, side by side on one machine."""
