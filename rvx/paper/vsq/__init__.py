"""VS-Quant: what four bits cost in a network, with a scale per vector and without."""
