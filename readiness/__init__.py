"""How ready people and things are: rules over plain data."""
