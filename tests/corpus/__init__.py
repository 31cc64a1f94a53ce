"""Programs as users write them, grouped by feature; each with sample arguments. `test_corpus.py` checks them all."""
