"""The floor: what DRF does by itself with the same columns. Frozen; changing it shifts every ratio."""
