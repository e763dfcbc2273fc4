"""Small things without tables, used by every room."""
