"""Tests of translated regions."""
