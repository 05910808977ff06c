"""Links between two widgets."""
