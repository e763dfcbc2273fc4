"""信访: letters an inspection hands over in batches, and the answers to them. No complainant in any type."""
