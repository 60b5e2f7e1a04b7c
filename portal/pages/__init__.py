"""What pages share: signing in, roles, refusals, and what the check says about a draft."""
