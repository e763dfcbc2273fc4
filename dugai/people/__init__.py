"""组织人员: organisations as a tree, the people in them, and who sees what."""
