"""Judging kernels: error metrics, comparisons of variants, tables and pictures."""
