"""Inner steps of review and arbitration: they need locks that the calling service holds."""
