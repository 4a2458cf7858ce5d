"""What happens: scenario files, the county, its roads, chance, the clock and the event log."""
