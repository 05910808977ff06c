"""Anomaly scores: counts, metrics, intervals and policies."""
