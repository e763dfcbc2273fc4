"""接件: documents come in, proposed problems come out."""
