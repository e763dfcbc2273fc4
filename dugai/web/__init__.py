"""Pages: they translate between HTTP and the rooms, and decide nothing."""
