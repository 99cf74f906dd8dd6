"""Compiled code that every hook uses: pointers, performing a row, counting."""
