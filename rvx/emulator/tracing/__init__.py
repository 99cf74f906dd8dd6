"""Traces: every instruction that retires, with what it has written.

A traced hart performs all instructions by their bodies, in a compiled loop (`stepper`), so that
`native.retire` sees each of them: `effects` says of a word what it may write, `tracer` holds the
buffers and decides when anything is traced, `records` is what Python gets of it, and `text` writes
it in the format of Spike's commit log.
"""
