"""Every printed quantity with its name, place and time."""
