"""Complaint cases out of tables and prose."""
