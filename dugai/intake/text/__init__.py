"""From a damaged copy to clean text, with every edit listed."""
