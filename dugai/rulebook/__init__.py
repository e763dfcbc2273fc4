"""规则: procedures as versioned data, and the calendar of working days."""
