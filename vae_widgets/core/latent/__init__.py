"""Places, paths and statistics in latent space."""
