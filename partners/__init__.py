"""Our side: users, partner organisations, their locations, members and keys, and the desk's seats."""
