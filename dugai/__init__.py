"""督改: the rectification loop of eco-environmental inspection, as software."""

__version__ = "0.1.0"
