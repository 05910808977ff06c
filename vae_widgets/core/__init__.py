"""Numerical code that needs neither models nor widgets."""
