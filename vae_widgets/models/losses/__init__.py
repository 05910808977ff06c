"""Likelihoods, objectives and schedules."""
