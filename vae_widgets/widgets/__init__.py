"""The widgets. They know codecs, renderers and arrays, never Keras."""
