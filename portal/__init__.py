"""The partners' door: pages on which partners file and follow their claims. A view makes at most one service call."""
