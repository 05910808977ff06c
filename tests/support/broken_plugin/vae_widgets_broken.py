"""A plugin that cannot be imported, for tests."""

raise ImportError("the library that this plugin needs is not installed")
