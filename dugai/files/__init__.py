"""档案: stored files, named by their content."""
