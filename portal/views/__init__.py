"""One module for each thing that a partner does. A view reads its form, makes one service call, and answers."""
