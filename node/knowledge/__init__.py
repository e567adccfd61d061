"""What the region learnt, in words: drafts stay here until the release zone lets them out."""
