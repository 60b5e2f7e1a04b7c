"""Pages on which partners file and follow their claims. Every view makes one service call at most."""
