"""Readers of other people's files: OpenStreetMap, OSMnx, GeoJSON, nodes and arcs, JEMSS cities."""
