"""The layout of official documents (GB/T 9704) in the formats offices exchange."""
