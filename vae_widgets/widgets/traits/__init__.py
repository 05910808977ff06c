"""Traits that travel as bytes."""
