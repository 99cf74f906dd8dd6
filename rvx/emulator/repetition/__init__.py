"""What the hart performs several times by itself: read, prepared, performed, compiled."""
