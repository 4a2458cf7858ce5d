"""An emergency plan put to the test: tables, pictures and the page that an evaluator signs."""
