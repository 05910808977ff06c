"""Numbers without models or widgets: checks, latent paths, thresholds, policies, history."""
