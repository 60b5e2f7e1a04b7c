"""What a session carries: the account, the companies it can work for, and the partner that acts."""
