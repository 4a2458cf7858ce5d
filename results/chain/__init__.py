"""What the log says of reports, command and plans: histories, verdicts, sentences, pictures."""
