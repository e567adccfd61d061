"""The region's side: records stay here; what leaves has passed protection, two reviewers and a signature."""
