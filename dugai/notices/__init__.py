"""通知: reads the journal, tells people."""
