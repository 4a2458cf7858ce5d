"""The commands a person types; each asks the service layer and prints the answer."""
