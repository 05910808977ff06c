"""Data that a model takes."""
