"""Tokens: what they must be, whose keys they are verified with, and how to make one by hand."""
