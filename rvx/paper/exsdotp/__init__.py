"""MiniFloat-NN: the accuracy of ExSdotp beside that of expanding FMAs, and what it costs."""
