"""Views of declared instructions for other programs and for readers."""
