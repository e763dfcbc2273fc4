"""The small languages of the field: numbers, dates, deadlines, states, units, places, labels."""
