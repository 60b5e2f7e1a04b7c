"""The partners' and the desk's side: users, partner organisations, locations, members, API tokens, desk seats."""
