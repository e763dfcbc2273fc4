"""What is damaged or missing; reported, never repaired by guessing."""
