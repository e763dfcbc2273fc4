"""Measurements of the product, printed as tables; never part of a test's verdict."""
