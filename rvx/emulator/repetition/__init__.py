"""What the hart performs several times by itself: read, made ready, and compiled as loops."""
