"""Train the models of ``vae_widgets/pretrained``: `make pretrained`."""
