"""The command line of srcgrad. Uses only srcgrad.api and srcgrad.pipeline."""
