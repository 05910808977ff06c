"""What the kernels of `make dev` run first, in the notebook's namespace: so it leaves no name."""

__import__("vae_widgets.frontend.hot_reload", fromlist=["start"]).start()
