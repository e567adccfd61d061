"""What stands between an indicator and its publication: protection, review, signature."""
