"""Small things without tables: errors, moves, choices, Chinese numbers, periods. Imports no framework."""
