"""Problems and measures out of prose, labelled fields and tables."""
