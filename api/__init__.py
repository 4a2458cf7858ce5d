"""Doors: command line now, HTTP and drills in later rooms."""
