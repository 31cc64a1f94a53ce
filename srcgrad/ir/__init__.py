"""The intermediate language: nodes, types, names and what is legal in which dialect. Knows no stage."""
