"""A plausible county made from nothing: land, towns, roads, people, stations, hazard sites."""
