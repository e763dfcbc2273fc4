"""公开: figures, the texts made of them, and what has been released."""
