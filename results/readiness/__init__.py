"""What a log, and a county at one moment, say about readiness: crews, equipment, posts."""
