"""Filing: claims with their items, proof and comments, the checks, and a claim's life."""
