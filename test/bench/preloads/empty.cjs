// Loads nothing: what Node itself takes to preload.
