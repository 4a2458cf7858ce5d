"""Scenario files: their models, reading, building into a county, and the built-in counties."""
