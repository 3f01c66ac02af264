"""Tokens: what they must be, whose keys verify them, and why they are refused."""
