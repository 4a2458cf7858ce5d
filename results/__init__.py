"""What the log means: measures, intervals, figures, maps and reports. Runs nothing."""
