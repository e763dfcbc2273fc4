"""Redo the arithmetic of a text."""
