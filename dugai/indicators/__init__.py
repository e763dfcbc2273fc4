"""指标: targets and readings of the environment and of engineering works."""
