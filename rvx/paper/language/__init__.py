"""Language models of the Llama family: their files, and what they say in emulated arithmetic.

`model` is what a model is made of; `llama2c` and `gguf` read the files of others, `tokens` makes
tokens of text. `decoder` goes from token to token with a cache of keys and values; each of its
matrix products is that of a kernel variant, bit for bit. `study` tells how much worse that makes
the model.
"""
