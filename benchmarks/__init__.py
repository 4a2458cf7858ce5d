"""How fast Beiqin is, and beside what: run ``make bench``."""
