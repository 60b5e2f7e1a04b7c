"""One module for each thing that a partner does; each view translates in, makes one service call, translates out."""
