"""The benchmark: this service and three others, side by side on one machine."""
