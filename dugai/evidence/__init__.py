"""佐证: proof attached to problems and measures, and its review by another unit."""
