"""The way of a body: what it asks for, the row of a word, and the handler of an instruction."""
