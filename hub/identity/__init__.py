"""Who may come in: accounts, roles, sessions and tokens."""
