"""Objects to a program."""
