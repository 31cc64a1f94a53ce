"""Mathematics as tables: one line for one partial derivative, serving both modes."""
