"""Models of other libraries as codecs: one file for each library."""
