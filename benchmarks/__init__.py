"""How fast kerlite is beside PyTorch written by hand, and beside Keras: ratios in one run."""
