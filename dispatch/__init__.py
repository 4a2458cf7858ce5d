"""Who is sent: run cards, policies and queues as plain functions over plain data."""
